-- What other services decided, as far as members must know it.
create schema if not exists heard;

create table if not exists heard.decision (
  coalition_id uuid    not null,
  position     bigint  not null,                     -- in the journal of meetings
  adopted      boolean not null,
  primary key (coalition_id, position));

create table if not exists heard.evaluation (
  coalition_id uuid   not null,
  position     bigint not null,                      -- in the journal of credit
  primary key (coalition_id, position));

-- What other services decided, as far as members must know it.
create schema if not exists heard;

create table if not exists heard.decision (
  coalition_id uuid    not null,
  position     bigint  not null,                     -- in the journal of meetings
  adopted      boolean not null,
  primary key (coalition_id, position));

create table if not exists heard.step (              -- next steps that are not over
  coalition_id uuid    not null,
  step         uuid    not null,
  hours        int,
  owner        uuid,                                 -- who was asked, once `accepted` who owns it
  accepted     boolean not null default false,
  primary key (coalition_id, step));

create table if not exists heard.evaluation (
  coalition_id uuid   not null,
  position     bigint not null,                      -- in the journal of credit
  primary key (coalition_id, position));

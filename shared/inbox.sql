-- What a reader has reached, and what stopped it.
create schema if not exists inbox;

create table if not exists inbox.cursor (
  coalition_id uuid   not null,
  source       text   not null,
  reader       text   not null,
  position     bigint not null,
  chain        bytea  not null,
  primary key (coalition_id, source, reader));

create table if not exists inbox.parked (
  coalition_id uuid        not null,
  source       text        not null,
  reader       text        not null,
  position     bigint      not null,
  reason       text        not null,
  error        text,
  attempts     int         not null,
  since        timestamptz not null,
  primary key (coalition_id, source, reader));

-- Where a coalition is found: its slug, in clear and unique in the deployment. No row security:
-- a request names the coalition by it before anything else is known.
create schema if not exists tenancy;

create table if not exists tenancy.coalition (
  coalition_id uuid primary key,
  slug         text not null unique);

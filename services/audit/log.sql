-- One log a coalition, in the order in which events came. This order is data, not derived from any.
create schema if not exists log;

create table if not exists log.log (
  coalition_id uuid   not null,
  log_id       text   not null,
  origin       text   unique,                 -- from the moment it has a key
  vkey         text,                          -- the newest
  size         bigint not null default 0,
  sealed_size  bigint not null default 0,
  sealed_peaks bytea  not null default '',    -- 32 bytes each, that of the largest subtree first
  state        text   not null default 'open' check (state in ('open', 'frozen', 'ended')),
  reason       text,                          -- why it is not open
  urgent       boolean not null default false, -- something came that is sealed at once
  changed_at   timestamptz,                   -- when the first entry came that is not sealed
  primary key (coalition_id, log_id));

alter table log.log add column if not exists about text;  -- what it says of itself, signed
alter table log.log add column if not exists predecessor text;  -- the last checkpoint of the one before
alter table log.log add column if not exists examined_at timestamptz;

create unique index if not exists log_open on log.log (coalition_id) where state <> 'ended';

create table if not exists log.entry (
  coalition_id uuid   not null,
  log_id       text   not null,
  seq          bigint not null,
  service      text   not null,
  position     bigint not null,
  event_id     uuid   not null,
  leaf         bytea  not null check (octet_length(leaf) <= 65535),
  leaf_hash    bytea  not null,
  received_at  timestamptz not null default clock_timestamp(),
  primary key (coalition_id, log_id, seq),
  unique (coalition_id, log_id, service, position),
  unique (coalition_id, log_id, event_id));

create table if not exists log.tile (         -- full ones only
  coalition_id uuid   not null,
  log_id       text   not null,
  level        int    not null,
  n            bigint not null,
  data         bytea  not null check (octet_length(data) = 8192),
  root         bytea  not null,
  primary key (coalition_id, log_id, level, n));

create table if not exists log.checkpoint (
  coalition_id uuid   not null,
  log_id       text   not null,
  size         bigint not null,
  root         bytea  not null,
  note         text   not null,               -- signed by the log, and by nobody else
  signed_at    timestamptz not null default clock_timestamp(),
  asked_at     timestamptz,                   -- when witnesses were asked last
  witnessed_at timestamptz,                   -- when they were a quorum
  published_at timestamptz,
  primary key (coalition_id, log_id, size));

create table if not exists log.cosignature (
  coalition_id uuid   not null,
  log_id       text   not null,
  size         bigint not null,
  cosigner     text   not null,
  line         text   not null,
  at           timestamptz not null default clock_timestamp(),
  primary key (coalition_id, log_id, size, cosigner));

create table if not exists log.inconsistency (
  coalition_id uuid   not null,
  log_id       text   not null,
  service      text   not null,
  position     bigint not null,
  evidence     jsonb  not null,
  at           timestamptz not null default clock_timestamp(),
  primary key (coalition_id, log_id, service, position));

-- The service deletes only what came last and was never sealed, of a log that is frozen: so that it
-- can come again in the order that was signed.
create or replace function log.only_unsealed() returns trigger language plpgsql as $$
begin
  if not exists (select from log.log l where l.coalition_id = old.coalition_id and l.log_id = old.log_id
      and l.state = 'frozen' and old.seq >= l.sealed_size) then
    raise exception 'entry % stays', old.seq using errcode = 'insufficient_privilege';
  end if;
  return old;
end $$;

create or replace trigger only_unsealed before delete on log.entry for each row
  when (current_user = current_database() || '_app') execute function log.only_unsealed();

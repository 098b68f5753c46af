-- Keys of persons and audiences: a database of its own, with backups of its own.
create schema if not exists sealing;

create table if not exists sealing.sealing_key (
  coalition_id uuid        not null,
  key_id       uuid        not null,
  source       text        not null,                 -- the service that made it
  person_id    uuid,                                 -- null: only the audience's
  audience     text        not null,
  wrapped_key  bytea,                                -- null once destroyed
  number       bigint      generated always as identity,
  created_at   timestamptz not null default clock_timestamp(),
  destroyed_at timestamptz,
  primary key (coalition_id, key_id),
  check ((wrapped_key is null) = (destroyed_at is not null)));

create unique index if not exists sealing_key_current on sealing.sealing_key
  (coalition_id, source, audience, coalesce(person_id, '00000000-0000-0000-0000-000000000000'))
  where destroyed_at is null;

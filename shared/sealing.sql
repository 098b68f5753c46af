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

create index if not exists sealing_key_person on sealing.sealing_key (coalition_id, person_id)
  where person_id is not null;

-- Who was erased: no key of theirs is made or kept again. What destroys their keys waits for those
-- that are just being made, and whoever makes one later sees it here.
create table if not exists sealing.erased (
  coalition_id uuid        not null,
  person_id    uuid        not null,
  at           timestamptz not null default clock_timestamp(),
  primary key (coalition_id, person_id));

create or replace function sealing.is_erased(coalition uuid, person uuid) returns boolean
language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(coalition::text || person::text, 0));
  return exists (select from sealing.erased where (coalition_id, person_id) = (coalition, person));
end $$;

-- Return the current key, made now where there is none; nothing for a person who was erased.
create or replace function sealing.current_key(coalition uuid, made uuid, by_service text, person uuid,
    of_audience text, wrapped bytea, out key_id uuid, out wrapped_key bytea)
language plpgsql volatile as $$
#variable_conflict use_column
begin
  if person is not null and sealing.is_erased(coalition, person) then
    return;
  end if;
  insert into sealing.sealing_key as k (coalition_id, key_id, source, person_id, audience, wrapped_key)
    values (coalition, made, by_service, person, of_audience, wrapped)
    on conflict do nothing returning k.key_id, k.wrapped_key into key_id, wrapped_key;
  if not found then
    select k.key_id, k.wrapped_key into key_id, wrapped_key from sealing.sealing_key k
      where k.coalition_id = coalition and k.source = by_service and k.audience = of_audience
      and k.person_id is not distinct from person and k.destroyed_at is null;
  end if;
end $$;

-- Keep a copy of another service's key; of a person who was erased only that there was one.
create or replace function sealing.keep_key(coalition uuid, made uuid, by_service text, person uuid,
    of_audience text, wrapped bytea) returns void
language plpgsql volatile as $$
begin
  if person is not null and sealing.is_erased(coalition, person) then
    insert into sealing.sealing_key (coalition_id, key_id, source, person_id, audience, destroyed_at)
      values (coalition, made, by_service, person, of_audience, clock_timestamp()) on conflict do nothing;
  else
    insert into sealing.sealing_key (coalition_id, key_id, source, person_id, audience, wrapped_key)
      values (coalition, made, by_service, person, of_audience, wrapped) on conflict do nothing;
  end if;
end $$;

-- Overwrite every key of a person, for good; return the ids of all there ever were here.
create or replace function sealing.destroy(coalition uuid, person uuid) returns setof uuid
language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(coalition::text || person::text, 0));
  insert into sealing.erased (coalition_id, person_id) values (coalition, person) on conflict do nothing;
  update sealing.sealing_key set wrapped_key = null, destroyed_at = clock_timestamp()
    where coalition_id = coalition and person_id = person and destroyed_at is null;
  return query select key_id from sealing.sealing_key
    where coalition_id = coalition and person_id = person order by key_id;
end $$;

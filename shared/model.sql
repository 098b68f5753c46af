-- The read models of this service: the one that is read, and those beside it. Each is a schema of
-- the same tables; which one a transaction reads is its `search_path` (`shared/database.py`).
create table if not exists inbox.model (
  schema   text    primary key,
  number   bigint  not null unique,         -- the newest is the largest
  reader   text    not null unique,         -- under which its cursors stand
  state    text    not null check (state in ('building', 'following', 'current', 'kept')),
  code     text,                            -- the digest of what folded it
  followed boolean not null default false,  -- whether a running service has begun to keep it up
  until    timestamptz,                     -- when a kept one is dropped
  since    timestamptz not null default clock_timestamp(),  -- when its state last changed
  note     text,                            -- why it was switched to although it differs
  changes  bigint  not null default 0);     -- how often rows were changed or deleted: none is by events
alter table inbox.model add column if not exists changes bigint not null default 0;
create unique index if not exists model_current on inbox.model (state) where state = 'current';
create sequence if not exists inbox.model_number start 2;

-- The tables of a read model, as the service's own SQL file has them: put there by migrations.
create table if not exists migration.model (only_row boolean primary key default true check (only_row), sql text not null);

create or replace function inbox.count_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update inbox.model set changes = changes + 1 where schema = tg_table_schema;
  return null;
end $$;

create or replace function migration.make_tables(named text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  app constant text := current_database() || '_app';
  relay constant text := current_database() || '_relay';
  made text;
begin
  execute format('create schema if not exists %I', named);
  perform set_config('search_path', format('%I, pg_temp', named), true);
  execute (select sql from migration.model);
  for made in select tablename from pg_tables where schemaname = named loop
    execute format('create or replace trigger count_change after update or delete or truncate on %I.%I'
      ' for each statement execute function inbox.count_change()', named, made);
  end loop;
  execute format('grant usage on schema %I to %I, %I', named, app, relay);
  execute format('grant select, insert, update, delete on all tables in schema %I to %I', named, app);
  execute format('grant select on all tables in schema %I to %I', named, relay);
end $$;

-- Make an empty read model beside the others; its name is never used again.
create or replace function inbox.make_model(base text, made_by text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  n constant bigint := nextval('inbox.model_number');
  named constant text := 'views_' || n;
begin
  perform migration.make_tables(named), migration.secure(named);
  insert into inbox.model (schema, number, reader, state, code)
    values (named, n, base || '/' || named, 'building', made_by);
  return named;
end $$;

-- Let everybody read another one from now on; what was read is kept, and of those kept before it
-- none. Says whether it could: only one that is there and kept up can be read.
create or replace function inbox.switch_model(named text, why text, kept_for interval) returns boolean
language plpgsql volatile as $$
begin
  perform from inbox.model where schema = named and state in ('following', 'kept')
    and to_regnamespace(named) is not null for update;
  if not found then
    return false;
  end if;
  update inbox.model set until = clock_timestamp() where state = 'kept';
  update inbox.model set state = 'kept', since = clock_timestamp(), until = clock_timestamp() + kept_for
    where state = 'current';
  update inbox.model set state = 'current', since = clock_timestamp(), until = null, note = why
    where schema = named;
  return true;
end $$;

-- Drop a read model that is not read. The lock waits for every transaction that entered it.
create or replace function inbox.drop_model(named text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(7264, number::int) from inbox.model where schema = named;
  delete from inbox.model where schema = named and state <> 'current';
  if not found then
    return false;
  end if;
  execute format('drop schema if exists %I cascade', named);
  return true;
end $$;

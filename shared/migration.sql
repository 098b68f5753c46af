-- What migrations use; nobody but the owner of the database may.
create schema if not exists migration;

create table if not exists migration.applied (
  script text        primary key,
  digest bytea       not null,
  at     timestamptz not null default clock_timestamp());

-- Let the application's role see the rows of the coalitions it names, the relay's role all rows:
-- in every table that has a `coalition_id`, or only in those of one schema.
create or replace function migration.secure(only_in text default null) returns void
language plpgsql as $$
declare
  t record;
  named constant text := 'coalition_id = any ((select string_to_array(nullif('
    'current_setting(''accord.coalitions'', true), ''''), '','')::uuid[])::uuid[])';
begin
  for t in select format('%I.%I', n.nspname, c.relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'coalition_id' and not a.attisdropped
      where c.relkind in ('r', 'p') and n.nspname not in ('tenancy', 'sealing', 'pg_catalog')
      and (only_in is null or n.nspname = only_in) loop
    execute format('alter table %s enable row level security', t.name);
    execute format('alter table %s force row level security', t.name);
    execute format('drop policy if exists coalition on %s', t.name);
    execute format('create policy coalition on %s to %I using (%s) with check (%s)',
      t.name, current_database() || '_app', named, named);
    execute format('drop policy if exists relay on %s', t.name);
    execute format('create policy relay on %s to %I using (true) with check (true)',
      t.name, current_database() || '_relay');
  end loop;
end $$;

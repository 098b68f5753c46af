-- What stays when a person is erased: that they were, and that there was a value.
create table if not exists inbox.erased (             -- whose values are gone from here, and from which event on
  coalition_id uuid        not null,
  person_id    uuid        not null,
  position     bigint      not null,
  at           timestamptz not null default clock_timestamp(),
  receipt      boolean     not null default false,    -- only where it was said: all have done it
  primary key (coalition_id, person_id));

create table if not exists journal.erased (           -- no name: it could not be read any more
  coalition_id uuid   not null,
  position     bigint not null,
  digest       text   not null,
  audience     text   not null,
  key_id       uuid   not null,
  name         text   not null,
  primary key (coalition_id, position, digest));

-- The sealed values of events, and what stays of those that were erased: then `erased` is the
-- field's name, and there is no ciphertext.
create or replace view journal.closed with (security_invoker = true) as
  select coalition_id, position, digest, audience, key_id, nonce, ciphertext, null::text as erased
    from journal.disclosure
  union all
  select coalition_id, position, digest, audience, key_id, ''::bytea, ''::bytea, name
    from journal.erased;

-- Return those of the events at some positions; how it is planned, see `journal.disclosures`.
do $$ begin
  create type journal.sealed_value as (position bigint, digest text, audience text, key_id uuid,
    nonce bytea, ciphertext bytea, erased text);
exception when duplicate_object then null;
end $$;

create or replace function journal.sealed(coalition uuid, positions bigint[])
    returns setof journal.sealed_value
language plpgsql stable set enable_sort = off as $$
begin
  return query select d.position, d.digest, d.audience, d.key_id, d.nonce, d.ciphertext, null::text
    from unnest(positions) as wanted(at) cross join lateral (
      select * from journal.disclosure
        where coalition_id = coalition and position = wanted.at order by digest) d;
  return query select e.position, e.digest, e.audience, e.key_id, ''::bytea, ''::bytea, e.name
    from unnest(positions) as wanted(at) cross join lateral (
      select * from journal.erased
        where coalition_id = coalition and position = wanted.at order by digest) e;
end $$;

-- Take out of a value what stands under one of these marks, keys or digests, and put `instead` there if
-- that is something; `within` is the column it stands in. What says that it was redacted stays.
create or replace function inbox.cleared(value jsonb, sealed jsonb, marks text[], within text, instead jsonb)
    returns jsonb
language plpgsql immutable as $$
declare
  way text[];
begin
  for way in select string_to_array(s.name, '/') from jsonb_each(sealed) as s(name, under) where s.under ?| marks loop
    continue when within <> '' and way[1] <> within;
    way := case when within = '' then way else way[2:] end;
    continue when value #>> (way || 'withheld'::text) = 'redacted';
    if way = '{}' then
      return instead;
    end if;
    value := case when instead is null then value #- way else jsonb_set(value, way, instead) end;
  end loop;
  return value;
end $$;

-- Empty every value that stands under one of these marks, in every table of these schemas that says
-- in `sealed` under which its values stand: {"name": [audience, key, digest]}. A name is a column, or
-- a way into one (`override/reason`); in a table with a column `data` it is a way into that. Only rows
-- of the event at `at`, where that is given and the table says of which its rows are.
create or replace function inbox.clear(schemas text[], coalition uuid, marks text[], instead jsonb, at bigint)
    returns void
language plpgsql volatile as $$
declare
  t record;
begin
  for t in
    select format('%I.%I', s.nspname, c.relname) as name,
      array_agg(a.attname::text order by a.attnum) as columns,
      string_agg(case
        when a.atttypid = 'jsonb'::regtype
          then format('%1$I = inbox.cleared(%1$I, sealed, $2, %1$L, $3)', a.attname)
        else format('%1$I = case when sealed->%1$L ?| $2 then null else %1$I end', a.attname)
        end, ', ') filter (where not a.attnotnull and a.attname <> 'sealed') as emptied
    from pg_class c join pg_namespace s on s.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where s.nspname = any(schemas) and c.relkind in ('r', 'p') group by s.nspname, c.relname
  loop
    continue when not t.columns @> array['coalition_id', 'sealed'];
    if t.columns @> array['data'] then
      t.emptied := 'data = inbox.cleared(data, sealed, $2, '''', $3)';
    end if;
    continue when t.emptied is null;
    execute format('update %s set %s where coalition_id = $1 and sealed is not null%s and exists ('
      'select from jsonb_each(sealed) as s(name, under) where s.under ?| $2)', t.name, t.emptied,
      case when at is not null and t.columns @> array['position'] then ' and position = $4' else '' end)
      using coalition, marks, instead, at;
  end loop;
end $$;

-- Empty every value that stands under one of these keys.
create or replace function inbox.forget(schemas text[], coalition uuid, keys uuid[]) returns void
language sql volatile as $$
  select inbox.clear(schemas, coalition, keys::text[], null, null);
$$;
drop function if exists inbox.without(jsonb, jsonb, text[], text);

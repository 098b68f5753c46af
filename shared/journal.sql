-- The journals of one service: per coalition, positions 1, 2, 3 … with no gap.
create schema if not exists journal;

create table if not exists journal.head (            -- the lock, the head and the clock of one coalition
  coalition_id uuid        primary key,
  position     bigint      not null default 0,
  chain        bytea       not null check (octet_length(chain) = 32),
  recorded_at  timestamptz not null default '-infinity');

create table if not exists journal.event (           -- SELECT and INSERT, nothing else
  coalition_id uuid   not null,
  position     bigint not null check (position > 0),
  event_id     uuid   not null,
  stream       text   not null,
  version      bigint not null check (version > 0),
  type         text   not null,
  bytes        bytea  not null check (octet_length(bytes) <= 65535),
  chain        bytea  not null check (octet_length(chain) = 32),
  traceparent  text,
  primary key (coalition_id, position),
  unique (coalition_id, stream, version),
  unique (coalition_id, event_id));

create table if not exists journal.disclosure (      -- values beside the event, ciphertext only
  coalition_id uuid   not null,
  position     bigint not null,
  digest       text   not null,
  audience     text   not null,
  key_id       uuid   not null,
  nonce        bytea  not null,
  ciphertext   bytea  not null,
  primary key (coalition_id, position, digest));
create index if not exists disclosure_key on journal.disclosure (coalition_id, key_id);  -- for erasures

create table if not exists journal.idempotency (     -- kept 7 days
  coalition_id uuid  not null,
  principal    text  not null,
  operation    text  not null,
  key          text  not null,
  fingerprint  bytea not null,
  answer       bytea not null,
  at           timestamptz not null default clock_timestamp(),
  primary key (coalition_id, principal, operation, key));

create table if not exists journal.relay (
  coalition_id uuid   primary key,
  position     bigint not null default 0);

-- Lock the free ones of the heads `hc` (waiting for the first, while nothing is held, if `waits`),
-- then read the idempotency keys and the positions heard from others. Statements of their own on
-- purpose: one sees the world from before its lock wait, and only the locked row is fresh. The `limit`
-- has each key looked up in the index, whatever the planner believes of the table: any other plan
-- reads every key that the coalition has used in 7 days.
create or replace function journal.lock(hc uuid[], kc uuid[], kp text[], ko text[], kk text[], waits boolean,
    out heads journal.head[], out known journal.idempotency[], out heard inbox.cursor[], out at timestamptz)
language plpgsql volatile set enable_seqscan = off as $$
begin
  perform set_config('accord.coalitions', array_to_string(hc, ','), true);
  if waits then
    perform from journal.head where coalition_id = hc[1] for update;
  end if;
  select array_agg(h), greatest(max(h.recorded_at), clock_timestamp()) into heads, at from (
    select * from journal.head where coalition_id = any(hc) order by coalition_id for update skip locked) h;
  if kk <> '{}' then
    select array_agg(found.i) into known from unnest(kc, kp, ko, kk) as k(c, p, o, key) cross join lateral (
      select i from journal.idempotency i
        where (i.coalition_id, i.principal, i.operation, i.key) = (k.c, k.p, k.o, k.key) limit 1) found;
  end if;
  select array_agg(c) into heard from inbox.cursor c where c.coalition_id = any(hc);
end $$;

-- Return the events of some streams, and the disclosures of the events at some positions. Each is
-- looked up in the one index that has it in order: nothing may be sorted, so no other index and no
-- reading of the table serves, whatever the planner believed when it made the plan that it keeps.
create or replace function journal.streams(coalition uuid, names text[]) returns setof journal.event
language plpgsql stable set enable_sort = off as $$
begin
  return query select e.* from unnest(names) as cold(name) cross join lateral (
    select * from journal.event where coalition_id = coalition and stream = cold.name order by version) e;
end $$;

create or replace function journal.disclosures(coalition uuid, positions bigint[])
    returns setof journal.disclosure
language plpgsql stable set enable_sort = off as $$
begin
  return query select d.* from unnest(positions) as wanted(at) cross join lateral (
    select * from journal.disclosure
      where coalition_id = coalition and position = wanted.at order by digest) d;
end $$;

-- Write what a batch decided. Rows cost the client far less than as many columns; they have types of
-- their own, so that a table may get another column while older processes still write.
do $$ begin
  create type journal.new_event as (coalition_id uuid, position bigint, event_id uuid, stream text, version bigint,
    type text, bytes bytea, chain bytea, traceparent text);
  create type journal.new_disclosure as (coalition_id uuid, position bigint, digest text, audience text, key_id uuid,
    nonce bytea, ciphertext bytea);
  create type journal.new_repeat as (coalition_id uuid, principal text, operation text, key text,
    fingerprint bytea, answer bytea);
  create type journal.new_head as (coalition_id uuid, position bigint, chain bytea);
exception when duplicate_object then null;
end $$;

create or replace function journal.write(events journal.new_event[], disclosures journal.new_disclosure[],
    repeats journal.new_repeat[], heads journal.new_head[], at timestamptz) returns void
language plpgsql volatile set enable_seqscan = off as $$
begin
  if events <> '{}' then
    insert into journal.event (coalition_id, position, event_id, stream, version, type, bytes, chain, traceparent)
      select * from unnest(events);
  end if;
  if disclosures <> '{}' then
    insert into journal.disclosure (coalition_id, position, digest, audience, key_id, nonce, ciphertext)
      select * from unnest(disclosures);
  end if;
  if repeats <> '{}' then
    insert into journal.idempotency (coalition_id, principal, operation, key, fingerprint, answer)
      select * from unnest(repeats);
  end if;
  if heads <> '{}' then
    update journal.head h set position = n.position, chain = n.chain, recorded_at = at
      from unnest(heads) as n where h.coalition_id = n.coalition_id;
  end if;
end $$;

-- Write what was decided before anything was locked, if it could be decided the same now: the heads
-- stand where they were, none of the keys was used, nothing more was heard, and the clock agrees.
-- Answers `written`, or what was otherwise, and then nothing is. Statements of their own, as above.
do $$ begin
  create type journal.new_key as (coalition_id uuid, principal text, operation text, key text);
exception when duplicate_object then null;
end $$;

create or replace function journal.append(stood journal.new_head[], heard_then text[], keys journal.new_key[],
    events journal.new_event[], disclosures journal.new_disclosure[], repeats journal.new_repeat[],
    heads journal.new_head[], decided_at timestamptz, own text, out said text, out at timestamptz)
language plpgsql volatile set enable_seqscan = off as $$
declare
  hc uuid[];
  free int;
begin
  at := clock_timestamp();
  select array_agg(coalition_id) into hc from unnest(stood);
  perform set_config('accord.coalitions', array_to_string(hc, ','), true);
  perform from journal.head where coalition_id = any(hc) order by coalition_id for update skip locked;
  get diagnostics free = row_count;
  if free < cardinality(hc) then
    said := 'held';
  elsif exists (select from unnest(stood) as then_ join journal.head h using (coalition_id)
      where (h.position, h.chain) <> (then_.position, then_.chain) or h.recorded_at > decided_at) then
    said := 'moved';
  elsif abs(extract(epoch from at - decided_at)) > 1 then
    said := 'late';
  elsif exists (select from unnest(keys) as k cross join lateral (
      select from journal.idempotency i
        where (i.coalition_id, i.principal, i.operation, i.key) = (k.coalition_id, k.principal, k.operation, k.key)
        limit 1) found) then
    said := 'known';
  elsif exists (select from unnest(hc, heard_then) as then_(c, heard) where then_.heard <> coalesce((
      select string_agg(c.source || ' ' || c.position, ',' order by c.source collate "C", c.position)
        from inbox.cursor c where c.coalition_id = then_.c and c.source <> own), '')) then
    said := 'heard';
  else
    perform journal.write(events, disclosures, repeats, heads, decided_at);
    said := 'written';
  end if;
end $$;

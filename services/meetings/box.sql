-- The ballot box: what was answered, and apart from that who has. Nothing here has a time, a
-- position or a number, and no row leads to another (docs/decisions/0029). And who raised a concern
-- that is anonymous, under a key of the service's, until it is resolved (docs/decisions/0034).
create schema if not exists box;

create table if not exists box.paper (             -- an answer; nobody's
  coalition_id uuid not null,
  box          uuid not null,
  key          uuid not null default gen_random_uuid(),
  answer       text not null,
  primary key (coalition_id, box, key));

create table if not exists box.answered (          -- who may not answer again, under a key of the service's
  coalition_id uuid  not null,
  box          uuid  not null,
  who          bytea not null,
  primary key (coalition_id, box, who));

create table if not exists box.raiser (            -- each of the same size, whoever it is
  coalition_id uuid  not null,
  concern      uuid  not null,
  digest       text  not null,
  key_id       uuid  not null,
  nonce        bytea not null,
  ciphertext   bytea not null,
  primary key (coalition_id, concern));

-- Put an answer in. Papers that lie there are put in anew with it, in an order of chance: neither
-- where a row stands nor which transaction wrote it tells the newest from 255 others.
create or replace function box.put(coalition uuid, into_box uuid, answered text) returns void
language sql as $$
  with held as (
    select key from box.paper where coalition_id = coalition and box = into_box
      order by gen_random_uuid() limit 255 for update),
  out_again as (
    delete from box.paper p using held where p.coalition_id = coalition and p.box = into_box
      and p.key = held.key returning p.answer)
  insert into box.paper (coalition_id, box, answer)
    select coalition, into_box, one.answer from (
      select answer from out_again union all select answered) as one(answer)
    order by gen_random_uuid();
$$;

-- Destroy all of a box, once its count is known or may not be.
create or replace function box.empty(coalition uuid, of_box uuid) returns void
language sql as $$
  delete from box.paper where coalition_id = coalition and box = of_box;
  delete from box.answered where coalition_id = coalition and box = of_box;
$$;

do $$ begin                                        -- the relay's role, and what it serves, has no part in it
  execute format('grant usage on schema box to %I', current_database() || '_app');
  execute format('grant select, insert, update, delete on all tables in schema box to %I',
    current_database() || '_app');
end $$;

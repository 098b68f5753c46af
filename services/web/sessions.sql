-- The browser's sessions: the one thing the pages keep. The id in the cookie is stored hashed, so
-- whoever reads this table cannot sign in with it; and whose it is, is sealed under that id, so
-- whoever reads this table does not learn who signed in, and nobody has to be erased from it.
create schema if not exists web;

create table if not exists web.session (
  id_hash bytea primary key check (octet_length(id_hash) = 32),
  subject bytea not null,                             -- a nonce, and the ciphertext
  known_in text[] not null default '{}',              -- coalitions in which it was somebody
  began timestamptz not null,
  seen timestamptz not null
);

do $$ begin  -- sessions of before say in clear whose they are: they end
  if exists (select from information_schema.columns where table_schema = 'web'
      and table_name = 'session' and column_name = 'subject' and data_type = 'text') then
    delete from web.session;
    alter table web.session alter subject type bytea using subject::bytea;
    alter table web.session add column if not exists known_in text[] not null default '{}';
  end if;
end $$;

create index if not exists session_began on web.session (began);

-- A sign-in link works once: its id stays here until the link would have expired anyway.
create table if not exists web.used_link (
  id text primary key,
  at timestamptz not null
);

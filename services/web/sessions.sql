-- The browser's sessions: the one thing the pages keep. The id in the cookie is stored hashed, so
-- whoever reads this table cannot sign in with it.
create schema if not exists web;

create table if not exists web.session (
  id_hash bytea primary key check (octet_length(id_hash) = 32),
  subject text not null,
  began timestamptz not null,
  seen timestamptz not null
);

create index if not exists session_began on web.session (began);

-- A sign-in link works once: its id stays here until the link would have expired anyway.
create table if not exists web.used_link (
  id text primary key,
  at timestamptz not null
);

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

-- What left this host with its proof: to whom, and which sealed values. It cannot be called back.
create schema if not exists release;

create table if not exists release.report (
  coalition_id  uuid        not null,
  release_id    uuid        not null,
  at            timestamptz not null default clock_timestamp(),
  report        text        not null,
  audience      text        not null,
  organisations uuid[]      not null,         -- whom the asker acts for; the person is not kept
  operator      boolean     not null,
  origin        text        not null,
  first         bigint      not null,         -- its entries; the end is not one of them
  size          bigint      not null,
  root          bytea       not null,
  withheld      bigint      not null,
  digests       bytea       not null,         -- 32 bytes each, in the order of the entries
  primary key (coalition_id, release_id));

-- What meetings heard from members: who is at the table, who speaks for whom, on what.
create schema if not exists heard;

create table if not exists heard.coalition (
  coalition_id uuid primary key,
  slug         text,
  informal     boolean not null default true);
alter table heard.coalition                           -- bodies that decide; null: nothing published
  add column if not exists structure uuid[];
alter table heard.coalition                           -- when the plenary meets each week
  add column if not exists weekly text;
alter table heard.coalition                           -- the class of each kind that was agreed
  add column if not exists classes jsonb;
alter table heard.coalition                           -- what it was formed as
  add column if not exists template text;
alter table heard.coalition                           -- from how many answers on a figure is shown
  add column if not exists min_group bigint;

create table if not exists heard.organisation (
  coalition_id   uuid not null,
  org            uuid not null,
  name           jsonb,
  one_person     boolean not null default false,
  standing       text not null check (standing in ('joined', 'suspended', 'left')),
  commitment     text not null,
  voting_right   boolean not null,
  constituencies uuid[] not null default '{}',
  related        uuid[] not null default '{}',
  audience       text[] not null,
  sealed         jsonb,
  primary key (coalition_id, org));
alter table heard.organisation add column if not exists sealed jsonb;
alter table heard.organisation                        -- at which position of members it joined
  add column if not exists joined bigint;

create table if not exists heard.accreditation (      -- those not ended; no person: erased
  coalition_id  uuid not null,
  accreditation uuid not null,
  org           uuid not null,
  body          uuid not null,
  person        uuid,
  authority     text not null,
  voting        boolean not null,
  begins        date not null,
  ends          date,
  primary key (coalition_id, accreditation));

create table if not exists heard.proxy (              -- those not revoked; `org` gave its vote
  coalition_id  uuid not null,
  org           uuid not null,
  proxy         uuid not null,
  holder        uuid not null,
  body          uuid not null,
  begins        date not null,
  ends          date not null,
  primary key (coalition_id, proxy));

create table if not exists heard.role (
  coalition_id  uuid not null,
  body          uuid not null,
  role          text not null,
  accreditation uuid not null,
  until         date,
  primary key (coalition_id, body, role, accreditation));

create table if not exists heard.body (               -- no scope: it may decide on every issue
  coalition_id uuid not null,
  body         uuid not null,
  name         jsonb,
  kind         text not null,
  scope        uuid[],
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, body));
alter table heard.body add column if not exists sealed jsonb;

create table if not exists heard.seat (
  coalition_id uuid not null,
  body         uuid not null,
  seat         uuid not null,
  org          uuid not null,
  primary key (coalition_id, body, seat));

create table if not exists heard.issue (              -- parked once each party has agreed
  coalition_id uuid not null,
  issue        uuid not null,
  scoped_out   boolean not null default false,
  parties      uuid[] not null default '{}',
  agreed       uuid[] not null default '{}',
  primary key (coalition_id, issue));
alter table heard.issue add column if not exists lead uuid;   -- whose stance may decide

create table if not exists heard.constituency (
  coalition_id uuid not null,
  constituency uuid not null,
  primary key (coalition_id, constituency));

create table if not exists heard.represented (        -- who speaks for it, until the last day inclusive
  coalition_id uuid not null,
  constituency uuid not null,
  org          uuid not null,
  since        date not null,
  until        date,
  primary key (coalition_id, constituency, org));

create table if not exists heard.person (
  coalition_id uuid not null,
  person       uuid not null,
  name         jsonb,
  primary key (coalition_id, person));

create table if not exists heard.calendar_address (   -- of calendar programs, which cannot sign in
  coalition_id uuid        not null,
  address      uuid        not null,
  person       uuid        not null,
  "of"         text        not null check ("of" in ('mine', 'body', 'coalition')),
  body         uuid,
  digest       bytea       not null,                  -- of the secret, under the service's key
  made_at      timestamptz not null,
  primary key (coalition_id, address),
  unique (coalition_id, digest));

create table if not exists heard.term (
  coalition_id uuid not null,
  term         uuid not null,
  primary key (coalition_id, term));

create table if not exists heard.bottom_line (        -- choices, or min and max
  coalition_id uuid  not null,
  org          uuid  not null,
  term         uuid  not null,
  acceptable   jsonb not null,
  until        date  not null,
  primary key (coalition_id, org, term));

create table if not exists heard.compromise (
  coalition_id uuid   not null,
  compromise   uuid   not null,
  parties      uuid[] not null,
  agreed       uuid[] not null default '{}',
  terms        jsonb  not null,
  until        date   not null,
  primary key (coalition_id, compromise));

create table if not exists heard.involvement (        -- informed, consulted or deciding, by phase
  coalition_id uuid not null,
  org          uuid not null,
  phase        text not null,
  level        text not null,
  primary key (coalition_id, org, phase));

create table if not exists heard.pledge (             -- the newest of each organisation
  coalition_id uuid not null,
  org          uuid not null,
  hours        bigint not null,                       -- a month
  begins       date not null,
  ends         date not null,
  primary key (coalition_id, org));

-- What credit has heard from the other services: who is here and who may act, what was decided,
-- and what might deserve thanks.
create schema if not exists heard;

create table if not exists heard.organisation (
  coalition_id uuid not null,
  organisation uuid not null,
  one_person   boolean not null,
  standing     text not null check (standing in ('active', 'suspended', 'left')),
  primary key (coalition_id, organisation));

create table if not exists heard.accreditation (      -- those not ended; no person: erased
  coalition_id  uuid not null,
  accreditation uuid not null,
  organisation  uuid not null,
  body          uuid not null,
  person        uuid,
  authority     text not null,
  voting        boolean not null,
  begins        date not null,
  ends          date,
  primary key (coalition_id, accreditation));

create table if not exists heard.body (
  coalition_id uuid not null,
  body         uuid not null,
  kind         text not null,
  primary key (coalition_id, body));

create table if not exists heard.role (
  coalition_id  uuid not null,
  body          uuid not null,
  role          text not null,
  accreditation uuid not null,
  until         date,
  primary key (coalition_id, body, role, accreditation));

create table if not exists heard.consent (            -- what somebody agreed to, until a day or not
  coalition_id uuid not null,
  consent      uuid not null,
  person       uuid not null,
  purpose      text not null,
  until        date,
  withdrawn    boolean not null default false,
  primary key (coalition_id, consent));

create table if not exists heard.stage (              -- of its life, as the coalition sees itself
  coalition_id uuid primary key,
  stage        text not null);

create table if not exists heard.mode (
  coalition_id uuid primary key,
  informal     boolean not null);

create table if not exists heard.reference (          -- decisions, objectives and targets, by event
  coalition_id uuid not null,
  kind         text not null,
  id           uuid not null,
  position     bigint not null,
  primary key (coalition_id, kind, id));

create table if not exists heard.step (               -- next steps, and whose they are
  coalition_id uuid not null,
  step         uuid not null,
  decision     uuid,
  owner        uuid,
  done         boolean not null default false,
  primary key (coalition_id, step));

create table if not exists heard.suggestion (         -- by the event that gives rise to it
  coalition_id uuid not null,
  source       text not null,
  position     bigint not null,
  organisation uuid not null,
  role         text not null,
  meeting      uuid,                                  -- ripe once that is closed
  ripe         boolean not null,
  audience     text[] not null,
  primary key (coalition_id, source, position));

create table if not exists heard.listing (            -- what it works on, while it lets itself be found
  coalition_id uuid   primary key,
  name         jsonb,
  topics       text[] not null default '{}',
  sealed       jsonb);
alter table heard.listing add column if not exists sealed jsonb;

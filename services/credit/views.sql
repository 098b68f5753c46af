-- What people look up in credit. Append-only: a row carries its event's position and stays.

create table if not exists contributions (
  coalition_id uuid   not null,
  position     bigint not null,
  contribution uuid   not null,
  of_org       uuid   not null,
  by_org       uuid,
  role         text   not null,
  degree       text   not null,
  about        text[] not null,
  what         jsonb,
  at           timestamptz not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists contributions_of on contributions (coalition_id, of_org, position);

create table if not exists contribution_answers (      -- confirmed by another, or declined
  coalition_id uuid   not null,
  position     bigint not null,
  contribution uuid   not null,
  by_org       uuid,
  confirmed    boolean not null,
  audience     text[] not null,
  primary key (coalition_id, position));
create index if not exists contribution_answers_to
  on contribution_answers (coalition_id, contribution, position);

create table if not exists wins (                      -- without a size it was a loss
  coalition_id uuid   not null,
  position     bigint not null,
  win          uuid   not null,
  size         text,
  title        jsonb,
  decisions    uuid[] not null,
  objectives   uuid[] not null,
  by_org       uuid,
  at           timestamptz not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists wins_by_id on wins (coalition_id, win);

create table if not exists credits (
  coalition_id  uuid   not null,
  position      bigint not null,
  win           uuid   not null,
  credit        uuid   not null,
  to_org        uuid,
  external      jsonb,
  role          text   not null,
  degree        text   not null,
  basis         text   not null,
  contributions uuid[] not null,
  by_org        uuid,
  at            timestamptz not null,
  audience      text[] not null,
  sealed        jsonb,
  primary key (coalition_id, position));
create index if not exists credits_of on credits (coalition_id, win, position);

create table if not exists credit_answers (
  coalition_id uuid   not null,
  position     bigint not null,
  win          uuid   not null,
  credit       uuid   not null,
  accepted     boolean not null,
  audience     text[] not null,
  primary key (coalition_id, position));
create index if not exists credit_answers_of on credit_answers (coalition_id, win, position);

create table if not exists corrections (
  coalition_id uuid   not null,
  position     bigint not null,
  win          uuid   not null,
  credit       uuid   not null,
  role         text   not null,
  degree       text   not null,
  reason       jsonb,
  by_org       uuid,
  at           timestamptz not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists corrections_of on corrections (coalition_id, win, position);

create table if not exists latecomers (
  coalition_id uuid   not null,
  position     bigint not null,
  win          uuid   not null,
  to_org       uuid,
  external     jsonb,
  before       jsonb,
  now          jsonb,
  target       uuid,
  by_org       uuid,
  at           timestamptz not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists latecomers_of on latecomers (coalition_id, win, position);

create table if not exists announcements (
  coalition_id uuid   not null,
  position     bigint not null,
  win          uuid   not null,
  told         text   not null,
  uncredited   uuid[] not null,
  by_org       uuid,
  at           timestamptz not null,
  audience     text[] not null,
  primary key (coalition_id, position));
create index if not exists announcements_of on announcements (coalition_id, win, position);

create table if not exists celebrations (
  coalition_id uuid   not null,
  position     bigint not null,
  win          uuid   not null,
  day          date   not null,
  orgs         uuid[] not null,
  by_org       uuid,
  audience     text[] not null,
  primary key (coalition_id, position));
create index if not exists celebrations_of on celebrations (coalition_id, win, position);

create table if not exists lessons (
  coalition_id uuid   not null,
  position     bigint not null,
  campaign     uuid   not null,
  lesson       uuid   not null,
  kind         text   not null,
  what         jsonb,
  why          jsonb,
  by_org       uuid,
  at           timestamptz not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists lessons_by_id on lessons (coalition_id, lesson);

create table if not exists lesson_shares (             -- with whom outside
  coalition_id uuid   not null,
  position     bigint not null,
  campaign     uuid   not null,
  lesson       uuid   not null,
  told         text   not null,
  by_org       uuid,
  at           timestamptz not null,
  audience     text[] not null,
  primary key (coalition_id, position));
create index if not exists lesson_shares_of on lesson_shares (coalition_id, lesson);

create table if not exists said (                      -- what a register is folded from when asked
  coalition_id uuid        not null,
  position     bigint      not null,
  aggregate    text        not null,
  key          uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  data         jsonb       not null,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists said_aggregate on said (coalition_id, aggregate, position);

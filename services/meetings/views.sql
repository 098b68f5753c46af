-- What people look up in meetings. Append-only: a row carries its event's position and stays;
-- what holds now is the newest value of each column.

create table if not exists meeting (
  coalition_id uuid    not null,
  position     bigint  not null,
  meeting      uuid    not null,
  state        text,
  title        jsonb,
  body         uuid,
  host         uuid,
  starts_at    timestamptz,
  ends_at      timestamptz,
  place        jsonb,
  imported     boolean not null,
  audience     text[]  not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists meeting_by_id on meeting (coalition_id, meeting, position);

alter table meeting add column if not exists series uuid;

create table if not exists series (
  coalition_id uuid   not null,
  position     bigint not null,
  series       uuid   not null,
  body         uuid   not null,
  rrule        text   not null,
  name         jsonb,
  at           timestamptz not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists series_by_id on series (coalition_id, series);

create table if not exists item (
  coalition_id uuid   not null,
  position     bigint not null,
  meeting      uuid   not null,
  item         uuid   not null,
  kind         text   not null,
  title        jsonb,
  proposal     uuid,
  issue        uuid,
  minutes      int,
  by_org       uuid,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists item_of on item (coalition_id, meeting, position);

create table if not exists agenda (
  coalition_id uuid    not null,
  position     bigint  not null,
  meeting      uuid    not null,
  items        uuid[]  not null,
  short_notice boolean not null,
  audience     text[]  not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists agenda_of on agenda (coalition_id, meeting, position);

create table if not exists facilitator (
  coalition_id uuid    not null,
  position     bigint  not null,
  meeting      uuid    not null,
  person       uuid,
  org          uuid,
  external     boolean not null,
  audience     text[]  not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists facilitator_of on facilitator (coalition_id, meeting, position);

create table if not exists reengagement (        -- who was invited back in, at which event
  coalition_id uuid   not null,
  position     bigint not null,
  meeting      uuid   not null,
  org          uuid   not null,
  entry        text   not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists reengagement_of on reengagement (coalition_id, org);

create table if not exists attendance (          -- a departure is a row that is not here
  coalition_id uuid    not null,
  position     bigint  not null,
  meeting      uuid    not null,
  attendance   uuid    not null,
  org          uuid,
  person       uuid,
  mode         text,
  here         boolean not null,
  audience     text[]  not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists attendance_of on attendance (coalition_id, meeting, position);

create table if not exists quorum (
  coalition_id uuid    not null,
  position     bigint  not null,
  meeting      uuid    not null,
  present      int     not null,
  needed       int     not null,
  established  boolean not null,
  audience     text[]  not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists quorum_of on quorum (coalition_id, meeting, position);

create table if not exists minutes (
  coalition_id uuid   not null,
  position     bigint not null,
  meeting      uuid   not null,
  version      int    not null,
  corrects     int,
  text         jsonb,
  reason       jsonb,
  decisions    text[] not null,
  at           timestamptz not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists minutes_of on minutes (coalition_id, meeting, position);

create table if not exists approval (
  coalition_id uuid   not null,
  position     bigint not null,
  meeting      uuid   not null,
  version      int    not null,
  org          uuid   not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists approval_of on approval (coalition_id, meeting, position);

create table if not exists step (
  coalition_id uuid    not null,
  position     bigint  not null,
  step         uuid    not null,
  state        text,
  what         jsonb,
  meeting      uuid,
  decision     uuid,
  owner        uuid,
  due          date,
  moved        boolean not null,
  by_org       uuid,
  audience     text[]  not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists step_by_id on step (coalition_id, step, position);
alter table step add column if not exists hours int;

create table if not exists message (             -- drafts, approvals and variants
  coalition_id uuid        not null,
  position     bigint      not null,
  message      uuid        not null,
  type         text        not null,
  issue        uuid,
  variant      uuid,
  told         text,
  text         jsonb,
  by_org       uuid        not null,
  at           timestamptz not null,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists disclosure (          -- requests, approvals and refusals
  coalition_id uuid        not null,
  position     bigint      not null,
  disclosure   uuid        not null,
  type         text        not null,
  items        text[]      not null,
  told         text,
  named        uuid[]      not null,
  needs        uuid[]      not null,
  reason       jsonb,
  by_org       uuid        not null,
  at           timestamptz not null,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists disclosure_by_id on disclosure (coalition_id, disclosure);

create table if not exists said (                -- events that registers are folded from
  coalition_id uuid        not null,
  position     bigint      not null,
  aggregate    text        not null,
  key          uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by           uuid,
  data         jsonb       not null,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists said_aggregate on said (coalition_id, aggregate, key);

create table if not exists rule (
  coalition_id uuid    not null,
  position     bigint  not null,
  rule         uuid    not null,
  version      int,
  body         uuid,
  terms        jsonb,
  retired      boolean not null,
  audience     text[]  not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists rule_by_id on rule (coalition_id, rule, position);

create table if not exists proposal (            -- a row for each version of the text
  coalition_id uuid   not null,
  position     bigint not null,
  proposal     uuid   not null,
  body         uuid,
  issue        uuid,
  by_org       uuid,
  title        jsonb,
  text         jsonb,
  version      int    not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists proposal_by_id on proposal (coalition_id, proposal, position);
alter table proposal add column if not exists objective uuid;
create index if not exists proposal_by_objective on proposal (coalition_id, objective)
  where objective is not null;

create table if not exists decision (
  coalition_id uuid   not null,
  position     bigint not null,
  decision     uuid   not null,
  proposal     uuid   not null,
  outcome      text   not null,
  meeting      uuid,
  source_id    text,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists decision_by_id on decision (coalition_id, decision);
create index if not exists decision_by_source on decision (coalition_id, source_id)
  where source_id is not null;

-- What holds now.
-- What more readers see than when it was recorded: everybody whom it shows has approved that.
create or replace view disclosed with (security_invoker) as
select asked.coalition_id, split_part(item, '/', 2)::bigint as position, asked.told,
  case when asked.named = '{}' then array[asked.told]
    else (select array_agg('org:' || org) from unnest(asked.named) as org) end as audience
from disclosure asked
cross join unnest(asked.items) as item
where asked.type = 'DisclosureRequested'
  and not exists (
    select from unnest(asked.needs) as needed where not exists (
      select from disclosure said where said.coalition_id = asked.coalition_id
        and said.disclosure = asked.disclosure and said.type = 'DisclosureApproved'
        and said.by_org = needed))
  and not exists (
    select from disclosure said where said.coalition_id = asked.coalition_id
      and said.disclosure = asked.disclosure and said.type = 'DisclosureRefused');

create or replace view meeting_now with (security_invoker) as
select first.coalition_id, first.meeting, first.position, first.title, first.body, first.host,
  first.imported, first.audience, now.state,
  coalesce(moved.starts_at, first.starts_at) as starts_at,
  coalesce(moved.ends_at, first.ends_at) as ends_at,
  coalesce(moved.place, first.place) as place, first.series
from meeting first
cross join lateral (
  select state from meeting m where m.coalition_id = first.coalition_id
    and m.meeting = first.meeting and m.state is not null order by m.position desc limit 1) now
left join lateral (
  select starts_at, ends_at, place from meeting m where m.coalition_id = first.coalition_id
    and m.meeting = first.meeting and m.state is null order by m.position desc limit 1) moved on true
where first.state = 'scheduled';

create or replace view step_now with (security_invoker) as
select first.coalition_id, first.step, first.position, first.what, first.meeting, first.decision,
  first.by_org as proposed_by, first.audience, now.state, owned.owner, dated.due,
  (select count(*) from step s where s.coalition_id = first.coalition_id
    and s.step = first.step and s.moved) as moved,
  exists (select from step s where s.coalition_id = first.coalition_id and s.step = first.step
    and s.state = 'accepted' and s.position >= owned.position) as accepted, first.hours
from step first
cross join lateral (
  select state from step s where s.coalition_id = first.coalition_id
    and s.step = first.step and s.state is not null order by s.position desc limit 1) now
left join lateral (
  select owner, s.position from step s where s.coalition_id = first.coalition_id
    and s.step = first.step and (s.owner is not null or s.state = 'declined')
    order by s.position desc limit 1) owned on true
left join lateral (
  select due from step s where s.coalition_id = first.coalition_id
    and s.step = first.step and s.due is not null order by s.position desc limit 1) dated on true
where first.state = 'proposed';

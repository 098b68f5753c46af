-- What members shows, one row an event: what holds now is the newest value of each column.

create table if not exists charter (
  coalition_id uuid   not null,
  position     bigint not null,
  slug         text,
  template     text,
  name         jsonb,
  mode         text,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists membership (
  coalition_id uuid   not null,
  position     bigint not null,
  org          uuid   not null,
  state        text,                                 -- invited, applied, declined, joined, suspended, left
  name         jsonb,
  kind         text,
  sector       text,
  commitment   text,
  voting_right boolean,
  person       uuid,                                 -- who applied for themselves
  at           timestamptz not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists membership_org on membership (coalition_id, org);

create table if not exists accreditation (
  coalition_id  uuid     not null,
  position      bigint   not null,
  n             smallint not null,
  accreditation uuid     not null,
  org           uuid     not null,
  body          uuid,
  person        uuid,
  authority     text,
  voting        boolean,
  begins        date,
  until         date,
  ended         boolean  not null,
  sealed        jsonb,
  primary key (coalition_id, position, n));
create index if not exists accreditation_person on accreditation (coalition_id, person);
create index if not exists accreditation_id on accreditation (coalition_id, accreditation);

create table if not exists body (
  coalition_id uuid   not null,
  position     bigint not null,
  body         uuid   not null,
  kind         text,
  name         jsonb,
  scope        jsonb,
  dissolved    boolean,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists body_id on body (coalition_id, body);

create table if not exists role (
  coalition_id  uuid   not null,
  position      bigint not null,
  body          uuid   not null,
  role          text   not null,
  accreditation uuid   not null,
  until         date,
  held          boolean not null,
  primary key (coalition_id, position));

create table if not exists seat (
  coalition_id uuid   not null,
  position     bigint not null,
  body         uuid   not null,
  seat         uuid   not null,
  constituency uuid,
  org          uuid,
  primary key (coalition_id, position));

create table if not exists issue (
  coalition_id uuid   not null,
  position     bigint not null,
  issue        uuid   not null,
  name         jsonb,
  summary      jsonb,
  scope        text,
  raised_by    uuid,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists issue_id on issue (coalition_id, issue);

create table if not exists stand (                    -- where organisations stood; the newest holds
  coalition_id uuid   not null,
  position     bigint not null,
  issue        uuid   not null,
  org          uuid   not null,
  stands       text,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists stand_org on stand (coalition_id, org, issue, position desc);

create table if not exists person (
  coalition_id uuid   not null,
  position     bigint not null,
  person       uuid   not null,
  subject      text,                                 -- the address a person signs in with
  name         jsonb,
  locale       text   not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists person_subject on person (subject);
create index if not exists person_id on person (coalition_id, person);

create table if not exists said (
  coalition_id uuid        not null,
  position     bigint      not null,
  aggregate    text        not null,
  key          text        not null,
  type         text        not null,
  at           timestamptz not null,
  by           uuid,
  data         jsonb       not null,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists said_aggregate on said (coalition_id, aggregate, key);
create index if not exists said_type on said (coalition_id, aggregate, type);

-- The narrowest audience wins: 'body:…' < 'members' < 'public', also as text.

create or replace view charter_now with (security_invoker = true) as
  select coalition_id, min(audience) as audience,
    (array_agg(slug order by position desc) filter (where slug is not null))[1] as slug,
    (array_agg(template order by position desc) filter (where template is not null))[1] as template,
    (array_agg(name order by position desc) filter (where name is not null))[1] as name,
    (array_agg(mode order by position desc) filter (where mode is not null))[1] as mode
  from charter group by coalition_id;

create or replace view member_now with (security_invoker = true) as
  select coalition_id, org, min(audience) as audience, max(position) as position,
    (array_agg(state order by position desc) filter (where state is not null))[1] as state,
    (array_agg(name order by position desc) filter (where name is not null))[1] as name,
    (array_agg(kind order by position desc) filter (where kind is not null))[1] as kind,
    (array_agg(sector order by position desc) filter (where sector is not null))[1] as sector,
    (array_agg(commitment order by position desc) filter (where commitment is not null))[1] as commitment,
    (array_agg(voting_right order by position desc) filter (where voting_right is not null))[1] as voting_right,
    (array_agg(person order by position desc) filter (where person is not null))[1] as person,
    max(at) filter (where state = 'joined') as joined_at
  from membership group by coalition_id, org;

alter table accreditation add column if not exists executive boolean;  -- may decide for the organisation

create or replace view accreditation_now with (security_invoker = true) as
  select given.coalition_id, given.accreditation, given.org, given.body, given.person,
    given.authority, given.voting, given.begins, given.until, given.executive
  from accreditation given
  where not given.ended and not exists (
    select from accreditation later
    where later.coalition_id = given.coalition_id and later.accreditation = given.accreditation and later.ended);

create or replace view body_now with (security_invoker = true) as
  select coalition_id, body, min(audience) as audience, max(position) as position,
    (array_agg(kind order by position desc) filter (where kind is not null))[1] as kind,
    (array_agg(name order by position desc) filter (where name is not null))[1] as name,
    (array_agg(scope order by position desc) filter (where scope is not null))[1] as scope,
    bool_or(dissolved) is true as dissolved
  from body group by coalition_id, body;

create or replace view role_now with (security_invoker = true) as
  select * from (
    select distinct on (coalition_id, body, role, accreditation) *
    from role order by coalition_id, body, role, accreditation, position desc) newest
  where held;

create or replace view seat_now with (security_invoker = true) as
  select distinct on (coalition_id, body, seat) coalition_id, body, seat, org,
    first_value(constituency) over (partition by coalition_id, body, seat order by position) as constituency
  from seat order by coalition_id, body, seat, position desc;

create or replace view issue_now with (security_invoker = true) as
  select coalition_id, issue, min(audience) as audience, max(position) as position,
    (array_agg(name order by position desc) filter (where name is not null))[1] as name,
    (array_agg(summary order by position desc) filter (where summary is not null))[1] as summary,
    (array_agg(scope order by position desc) filter (where scope is not null))[1] as scope,
    (array_agg(raised_by order by position desc) filter (where raised_by is not null))[1] as raised_by
  from issue group by coalition_id, issue;

-- What the reports read. Rows carry the position of their event and are never changed: a report
-- as of a position filters by it, and a rebuild is a bulk insert.

-- Every event but stances, so that a figure can cite what it rests on. `key` is the aggregate's id.
-- Stances are most of what is ever recorded: their own rows hold what would stand here.
create table if not exists event (
  coalition_id uuid        not null,
  service      text        not null,
  position     bigint      not null,
  type         text        not null,
  key          uuid,
  recorded_at  timestamptz not null,
  leaf         bytea       not null,
  primary key (coalition_id, service, position));
create index if not exists event_of on event (coalition_id, key, position);

-- What organisations, bodies, issues, meetings and wins are called.
create table if not exists name (
  coalition_id uuid   not null,
  service      text   not null,
  position     bigint not null,
  key          uuid   not null,
  kind         text   not null,
  name         jsonb,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, service, position));

create table if not exists charter (
  coalition_id uuid   not null,
  position     bigint not null,
  slug         text,
  mode         text,
  primary key (coalition_id, position));

create table if not exists membership (
  coalition_id uuid        not null,
  position     bigint      not null,
  org          uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  kind         text,
  sector       text,
  commitment   text,
  voting_right boolean,
  audience     text[]      not null,
  primary key (coalition_id, position));

create table if not exists proposal (
  coalition_id uuid        not null,
  position     bigint      not null,
  proposal     uuid        not null,
  at           timestamptz not null,
  by_org       uuid,
  body         uuid,
  issue        uuid,
  objective    uuid,
  title        jsonb,
  text         jsonb,
  supersedes   jsonb,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, proposal));

-- One row a round, with what was frozen when it opened. `electorate` lists the organisations;
-- `classes` is the event's own list of vote classes where any is more than one that weighs one.
create table if not exists voting (
  coalition_id uuid        not null,
  position     bigint      not null,
  proposal     uuid        not null,
  at           timestamptz not null,
  by_org       uuid,
  round        int         not null,
  rule         uuid        not null,
  rule_version int         not null,
  terms        jsonb       not null,
  text_digest  text,
  electorate   uuid[],
  classes      jsonb,
  lead         uuid,
  meeting      uuid,
  closes_at    timestamptz,
  gate         text,
  override     jsonb,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, proposal, position));

create table if not exists stance (
  coalition_id uuid        not null,
  position     bigint      not null,
  proposal     uuid        not null,
  org          uuid        not null,
  type         text        not null,
  option       text,
  before       text,
  reason       jsonb,
  at           timestamptz not null,
  authority    text,
  proxy        boolean     not null,
  audience     text[]      not null,
  sealed       jsonb,
  recorded_at  timestamptz not null,
  leaf         bytea       not null,
  primary key (coalition_id, proposal, position));
create index if not exists stance_detailed on stance (coalition_id, proposal)
  where type <> 'StanceTaken' or reason is not null or sealed is not null or proxy;

-- Whatever else happened to a proposal.
create table if not exists moment (
  coalition_id uuid        not null,
  position     bigint      not null,
  proposal     uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  data         jsonb       not null,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, proposal, position));

-- Decisions, and votings that lapsed or were deferred. `decision` is the proposal where none was
-- made.
create table if not exists decision (
  coalition_id uuid        not null,
  position     bigint      not null,
  decision     uuid        not null,
  proposal     uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  outcome      text        not null,
  issue        uuid,
  counts       jsonb,
  voters       int,
  entitled     int,
  text_digest  text,
  dissent      uuid[]      not null,
  stood_aside  uuid[]      not null,
  accountable  uuid[]      not null,
  objections   jsonb,
  meeting      uuid,
  source_id    text,
  imported     boolean     not null,
  needed       int,
  reached      int,
  audience     text[]      not null,
  primary key (coalition_id, position));
create index if not exists decision_newest on decision
  (coalition_id, at desc, decision, position);
create index if not exists decision_of on decision (coalition_id, decision);
create index if not exists decision_on on decision (coalition_id, proposal);

-- What was counted again when a voting ended, from the stances alone. `peaks` are the roots of the
-- complete subtrees over the events it rests on; `refs` their positions where they are few.
create table if not exists recount (
  coalition_id uuid   not null,
  position     bigint not null,
  result       jsonb,
  untold       text,
  orgs         uuid[] not null,
  options      text[] not null,
  stances      bigint[] not null,
  size         bigint not null,
  peaks        bytea  not null,
  refs         bigint[] not null,
  audience     text[] not null,
  primary key (coalition_id, position));

create table if not exists step (
  coalition_id uuid        not null,
  position     bigint      not null,
  step         uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  owner        uuid,
  due          date,
  what         jsonb,
  reason       jsonb,
  meeting      uuid,
  decision     uuid,
  hours        int,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));

-- The hours that organisations promise: beside them stand their open steps.
create table if not exists pledge (
  coalition_id uuid   not null,
  position     bigint not null,
  org          uuid   not null,
  hours        int    not null,
  begins       date   not null,
  until        date   not null,
  audience     text[] not null,
  primary key (coalition_id, position));

create table if not exists closing (
  coalition_id uuid        not null,
  position     bigint      not null,
  meeting      uuid        not null,
  at           timestamptz not null,
  overridden   uuid[]      not null,
  reason       jsonb,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists sitting (
  coalition_id uuid        not null,
  position     bigint      not null,
  meeting      uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  org          uuid,
  audience     text[]      not null,
  primary key (coalition_id, position));

create table if not exists stated (              -- scenarios, conflict areas, interests
  coalition_id uuid   not null,
  position     bigint not null,
  type         text   not null,
  key          uuid   not null,
  by_org       uuid,
  data         jsonb  not null,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists contribution (
  coalition_id uuid        not null,
  position     bigint      not null,
  contribution uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  of_org       uuid,
  role         text,
  degree       text,
  about        text[],
  what         jsonb,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));
create index if not exists contribution_of on contribution (coalition_id, contribution);
create index if not exists contribution_by on contribution (coalition_id, of_org)
  where of_org is not null;

create table if not exists credit (
  coalition_id uuid        not null,
  position     bigint      not null,
  win          uuid        not null,
  credit       uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  to_org       uuid,
  external     jsonb,
  role         text,
  degree       text,
  basis        text,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists boundary (
  coalition_id uuid   not null,
  position     bigint not null,
  version      bigint not null,
  min_group    bigint not null,
  primary key (coalition_id, position));

-- A row without a stage is the end of the coalition.
create table if not exists stage (
  coalition_id uuid        not null,
  position     bigint      not null,
  stage        text,
  at           timestamptz not null,
  by_org       uuid,
  reason       jsonb,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists leaving (
  coalition_id uuid   not null,
  position     bigint not null,
  org          uuid   not null,
  reason       text,
  audience     text[] not null,
  primary key (coalition_id, position));

-- What happened between two organisations. All but touchpoints is for these two alone; so are
-- pulses. Reports count it, and show no row of it.
create table if not exists relationship (
  coalition_id uuid        not null,
  position     bigint      not null,
  type         text        not null,
  one          uuid        not null,
  other        uuid        not null,
  at           timestamptz not null,
  on_day       date,
  breach       uuid,
  offender     uuid,
  audience     text[]      not null,
  primary key (coalition_id, position));

create table if not exists pulse (
  coalition_id uuid        not null,
  position     bigint      not null,
  by_org       uuid        not null,
  about        uuid        not null,
  period       text        not null,
  at           timestamptz not null,
  reliability  int,
  mission      int,
  openness     int,
  power        int,
  involvement  int,
  resources    int,
  audience     text[]      not null,
  primary key (coalition_id, position));

create table if not exists matching (
  coalition_id uuid        not null,
  position     bigint      not null,
  type         text        not null,
  match        uuid        not null,
  by_org       uuid,
  parties      uuid[],
  quantity     bigint,
  at           timestamptz not null,
  audience     text[]      not null,
  primary key (coalition_id, position));

-- How people are, and what they set out to do: for each of them alone. Reports count it.
create table if not exists wellbeing (
  coalition_id uuid   not null,
  position     bigint not null,
  person       uuid   not null,
  month        text   not null,
  score        int,
  audience     text[] not null,
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists growth (
  coalition_id uuid        not null,
  position     bigint      not null,
  person       uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  audience     text[]      not null,
  primary key (coalition_id, position));

create table if not exists mentoring (
  coalition_id uuid        not null,
  position     bigint      not null,
  mentorship   uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  on_day       date,
  audience     text[]      not null,
  primary key (coalition_id, position));

-- What was raised, who stands where (`stand`), who agreed to disagree.
create table if not exists issue (
  coalition_id uuid        not null,
  position     bigint      not null,
  issue        uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  stand        text,
  scope        text,
  parties      uuid[]      not null,
  terms        jsonb,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists messenger (
  coalition_id uuid        not null,
  position     bigint      not null,
  issue        uuid        not null,
  at           timestamptz not null,
  org          uuid        not null,
  told         text        not null,              -- whom they speak to
  audience     text[]      not null,
  primary key (coalition_id, position));

create table if not exists threat (
  coalition_id uuid        not null,
  position     bigint      not null,
  threat       uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  issues       uuid[]      not null,
  audience     text[]      not null,
  primary key (coalition_id, position));

-- What joins organisations. `thing` is the match, question or quarter it is about, or the two
-- themselves; `trust` the sum of three ratings, for the two alone.
create table if not exists tie (
  coalition_id uuid        not null,
  service      text        not null,
  position     bigint      not null,
  type         text        not null,
  thing        text        not null,
  at           timestamptz not null,
  by_org       uuid,
  orgs         uuid[]      not null,
  on_day       date,
  trust        int,
  audience     text[]      not null,
  primary key (coalition_id, service, position));

-- Policies that units share, and what each unit answered. `words` are a reason, or what it changed.
create table if not exists shared_policy (
  coalition_id uuid        not null,
  position     bigint      not null,
  policy       uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  unit         uuid,
  version      int,
  relation     text,
  units        jsonb,
  words        jsonb,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));

-- What was told of credit, of disputes about it, and of wins that were announced.
create table if not exists told_of_credit (
  coalition_id uuid        not null,
  position     bigint      not null,
  key          uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  words        jsonb,
  asked        jsonb,
  external     jsonb,
  plain        jsonb       not null,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));

-- What came of the work, and what was said of it. `first` to `third` are its words, in the order in
-- which `views/impact.py` names them.
create table if not exists impact (
  coalition_id uuid        not null,
  service      text        not null,
  position     bigint      not null,
  key          uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  first        jsonb,
  second       jsonb,
  third        jsonb,
  plain        jsonb       not null,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, service, position));
create index if not exists impact_shared
  on impact (coalition_id, (plain->>'lesson')) where type = 'LessonShared';

-- What persons agreed to, and took back; also that they were erased.
create table if not exists consent (
  coalition_id uuid        not null,
  position     bigint      not null,
  person       uuid        not null,
  type         text        not null,
  consent      uuid,
  purpose      text,
  until        date,
  audience     text[]      not null,
  primary key (coalition_id, position));
create index if not exists consent_of on consent (coalition_id, person);

-- Who should be heard, and what reviews of it say.
create table if not exists constituency (
  coalition_id          uuid        not null,
  position              bigint      not null,
  constituency          uuid        not null,
  type                  text        not null,
  at                    timestamptz not null,
  kind                  text,
  least_well_served     boolean,
  implementer           boolean,
  historically_excluded boolean,
  seats_wanted          bigint,
  occasion              text,
  consulted             boolean,
  audience              text[]      not null,
  primary key (coalition_id, position));

-- Whom an organisation joined for (without `since`), and whom it said it represents.
create table if not exists representation (
  coalition_id   uuid        not null,
  position       bigint      not null,
  org            uuid        not null,
  type           text        not null,
  at             timestamptz not null,
  constituencies uuid[]      not null,
  since          date,
  until          date,
  audience       text[]      not null,
  primary key (coalition_id, position));

-- Whom a proposal affects.
create table if not exists affected (
  coalition_id   uuid   not null,
  position       bigint not null,
  proposal       uuid   not null,
  constituencies uuid[] not null,
  audience       text[] not null,
  primary key (coalition_id, proposal));

create table if not exists seat (
  coalition_id uuid        not null,
  position     bigint      not null,
  body         uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  kind         text,
  seat         uuid,
  org          uuid,
  constituency uuid,
  scope        text[],                              -- issues, or 'all'
  audience     text[]      not null,
  primary key (coalition_id, position));

-- Meetings as they were held: opened, who came, who spoke.
create table if not exists sitting (
  coalition_id uuid        not null,
  position     bigint      not null,
  meeting      uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  org          uuid,
  audience     text[]      not null,
  primary key (coalition_id, position));

-- What happened at meetings: who was asked, came and spoke, who set the agenda; the heat.
create table if not exists room (
  coalition_id  uuid        not null,
  position      bigint      not null,
  meeting       uuid        not null,
  type          text        not null,
  at            timestamptz not null,
  org           uuid,
  thing         uuid,
  accreditation uuid,
  seconds       bigint,
  body          uuid,
  orgs          uuid[]      not null,
  words         jsonb,
  audience      text[]      not null,
  sealed        jsonb,
  primary key (coalition_id, position));

create table if not exists executive (            -- accreditations of who may decide
  coalition_id  uuid   not null,
  position      bigint not null,
  type          text   not null,
  accreditation uuid   not null,
  audience      text[] not null,
  primary key (coalition_id, position));

-- What was told, and what telling depends on: agendas, minutes, progress, briefings.
create table if not exists notice (
  coalition_id uuid        not null,
  service      text        not null,
  position     bigint      not null,
  type         text        not null,
  about        uuid        not null,
  at           timestamptz not null,
  org          uuid,
  starts_at    timestamptz,
  flag         boolean,
  on_day       date,
  name         jsonb,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, service, position));

-- Statements that were put out on a decision; who signs is an organisation each.
create table if not exists statement (
  coalition_id uuid        not null,
  position     bigint      not null,
  message      uuid        not null,
  at           timestamptz not null,
  by_org       uuid,
  decision     uuid        not null,
  told         text        not null,
  text_digest  text        not null,
  sign_ons     uuid[]      not null,
  minority     text[]      not null,
  audience     text[]      not null,
  primary key (coalition_id, position));

-- Terms, what organisations accept for them alone, and with others (`says`: by term).
create table if not exists bottom_line (
  coalition_id uuid        not null,
  position     bigint      not null,
  type         text        not null,
  at           timestamptz not null,
  org          uuid,
  term         uuid,
  says         jsonb,
  is_sealed    boolean     not null,
  until        date,
  compromise   uuid,
  parties      uuid[]      not null,
  audience     text[]      not null,
  sealed       jsonb,
  primary key (coalition_id, position));

-- What was checked, agreed to, decided and reviewed at the front line; never the values.
create table if not exists front_line (
  coalition_id uuid        not null,
  position     bigint      not null,
  front        uuid        not null,
  type         text        not null,
  at           timestamptz not null,
  by_org       uuid,
  crosses      uuid[]      not null,
  terms        jsonb,                             -- the values that were checked
  decision     uuid,
  verdict      text,
  outside      boolean     not null,
  report       uuid,
  result       text,
  audience     text[]      not null,
  primary key (coalition_id, position));

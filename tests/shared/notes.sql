create table if not exists note (
  coalition_id uuid   not null,
  position     bigint not null,
  giver        uuid,
  words        jsonb,
  more         jsonb,
  marks        text[],
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists whole (
  coalition_id uuid   not null,
  position     bigint not null,
  words        text   not null,
  data         jsonb  not null,
  sealed       jsonb,
  primary key (coalition_id, position));

create table if not exists coin (
  coalition_id uuid   not null,
  position     bigint not null,
  worth        int    not null,
  primary key (coalition_id, position));
alter table coin add column if not exists mint text;

create table if not exists coin (
  coalition_id uuid   not null,
  position     bigint not null,
  worth        int    not null,
  primary key (coalition_id, position));

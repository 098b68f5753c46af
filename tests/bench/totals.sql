-- The read model that rebuilds are compared by: count, sum and last value of each stream.
create schema if not exists views;

create table if not exists views.total (
  coalition_id uuid   not null,
  stream       text   not null,
  count        bigint not null,
  sum          bigint not null,
  last         bigint not null,
  primary key (coalition_id, stream));

grant usage on schema views to public;
grant select, insert, update, delete on views.total to public;  -- of a bench: nobody else is here

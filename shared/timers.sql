-- What a service does by itself, and when. A row is an alarm clock: what happens is for the rule to say.
create schema if not exists timing;

create table if not exists timing.timer (
  coalition_id uuid        not null,
  what         text        not null,
  key          text        not null,                       -- of that which it is about
  due          timestamptz not null,
  tries        int         not null default 0,
  again_at     timestamptz not null default '-infinity',   -- whoever acts on it has it until then
  primary key (coalition_id, what, key));
create index if not exists timer_due on timing.timer (due);

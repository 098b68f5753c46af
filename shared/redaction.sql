-- Which texts are gone, of every journal that is read here: their digests are refused wherever they come
-- from again, and rows say who redacted them and why.
create table if not exists inbox.redacted (
  coalition_id uuid        not null,
  digest       text        not null,
  source       text        not null,
  position     bigint      not null,                  -- of the event that says so
  of           bigint      not null,                  -- of the event that holds the text
  shown        jsonb       not null,                  -- what stands in place of the words
  at           timestamptz not null default clock_timestamp(),
  primary key (coalition_id, digest));

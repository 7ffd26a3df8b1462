-- migrate:up

set local lock_timeout = '2s';

alter table webhook_endpoints
  -- Time at which the receiver responded with 410 Gone; nothing is sent until the owner enables the endpoint again.
  add column disabled_at timestamptz,
  -- End of the pause that the receiver asked for, and the time at which it did: in the future if the clock was set back.
  add column throttled_until timestamptz,
  add column throttled_at timestamptz;

-- migrate:down

set local lock_timeout = '2s';

alter table webhook_endpoints
  drop column disabled_at,
  drop column throttled_until,
  drop column throttled_at;

-- migrate:up

-- Time at which the response was erased with the data of a person. The key remains, and is reported as expired.
set local lock_timeout = '2s';
alter table idempotency_keys add column erased_at timestamptz;

-- migrate:down

set local lock_timeout = '2s';
alter table idempotency_keys drop column erased_at;

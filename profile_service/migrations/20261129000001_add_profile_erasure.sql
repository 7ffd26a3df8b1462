-- migrate:up

-- Time at which the personal data of a deleted profile was erased. The row remains for what refers to it.
set local lock_timeout = '2s';
alter table profiles add column erased_at timestamptz;

-- migrate:down

set local lock_timeout = '2s';
alter table profiles drop column erased_at;

-- migrate:up

-- The first answer to every request that carried an Idempotency-Key, written in the transaction of what it tells of.
create table idempotency_keys (
  -- SHA-256 of the caller, the operation and the key: of one length, and nobody can read a key here.
  id bytea primary key check (octet_length(id) = 32),
  -- E.g. 'POST /v1/payments', for people.
  operation text not null,
  -- SHA-256 of what was asked for.
  fingerprint bytea not null check (octet_length(fingerprint) = 32),
  status smallint not null check (status between 200 and 499),
  -- [["content-type", "application/json"], …]
  headers jsonb not null,
  body bytea,
  created_at timestamptz not null,
  -- From then on the answer is not given again.
  expires_at timestamptz not null
);

create index idempotency_keys_expires_at_idx on idempotency_keys (expires_at);

-- migrate:down

drop table idempotency_keys;

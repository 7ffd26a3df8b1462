-- migrate:up

-- The first response to every request with an Idempotency-Key, written in the transaction of its work.
create table idempotency_keys (
  -- SHA-256 of the caller, the operation and the key: of fixed length, and does not reveal the key.
  id bytea primary key check (octet_length(id) = 32),
  -- E.g. 'POST /v1/payments', for operators.
  operation text not null,
  -- SHA-256 of the request.
  fingerprint bytea not null check (octet_length(fingerprint) = 32),
  status smallint not null check (status between 200 and 499),
  -- [["content-type", "application/json"], …]
  headers jsonb not null,
  body bytea,
  created_at timestamptz not null,
  -- End of the time in which the response is replayed.
  expires_at timestamptz not null
);

create index idempotency_keys_expires_at_idx on idempotency_keys (expires_at);

-- migrate:down

drop table idempotency_keys;

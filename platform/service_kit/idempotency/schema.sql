-- The tables as the migrations beside this file make them, to be read and reviewed; nothing runs it.
-- Written by deno task schema, and checked by the tests.

create table idempotency_keys (
  id bytea not null,
  operation text not null,
  fingerprint bytea not null,
  status smallint not null,
  headers jsonb not null,
  body bytea,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (id),
  constraint idempotency_keys_fingerprint_check CHECK (octet_length(fingerprint) = 32),
  constraint idempotency_keys_id_check CHECK (octet_length(id) = 32),
  constraint idempotency_keys_status_check CHECK (status >= 200 AND status <= 499)
);

CREATE INDEX idempotency_keys_expires_at_idx ON public.idempotency_keys USING btree (expires_at);

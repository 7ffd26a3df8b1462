-- migrate:up

-- Signing secrets that were replaced, with which messages are signed, too, until they expire.
create table webhook_previous_secrets (
  id uuid primary key,
  endpoint_id uuid not null references webhook_endpoints (id) on delete cascade,
  -- Encrypted like the current secret.
  sealed_secret bytea not null,
  expires_at timestamptz not null
);
create index webhook_previous_secrets_by_endpoint on webhook_previous_secrets (endpoint_id, id desc);

-- migrate:down

drop table webhook_previous_secrets;

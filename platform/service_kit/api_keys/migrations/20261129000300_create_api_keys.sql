-- migrate:up

-- Keys of programs that call the API. A key itself is shown once and not stored.
create table api_keys (
  -- Public part of the key, by which it is found.
  id text primary key check (id ~ '^[0-9a-f]{16}$'),
  -- SHA-256 of the secret part, which has 256 random bits: nothing slower is needed.
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  name text not null check (char_length(name) between 1 and 100),
  subject text not null check (char_length(subject) between 1 and 255),
  -- Whether the subject is the key itself, because it was created without one.
  is_client boolean not null,
  scopes text[] not null,
  created_at timestamptz not null,
  -- Null if the key does not expire.
  expires_at timestamptz,
  revoked_at timestamptz,
  -- Accurate to a minute.
  last_used_at timestamptz
);

-- migrate:down

drop table api_keys;

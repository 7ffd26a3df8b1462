-- migrate:up

-- A key for each person with encrypted data, wrapped by a key of the program. An erasure destroys it: the row stays, so
-- that no later event about the person gets a new key.
create table subject_keys (
  subject text primary key check (length(subject) between 1 and 200),
  wrapped_key bytea,
  created_at timestamptz not null,
  destroyed_at timestamptz,
  constraint subject_keys_destroyed check ((wrapped_key is null) = (destroyed_at is not null))
);

-- Requests for erasures, and their receipts.
create table erasures (
  id uuid primary key,
  subject text not null,
  requested_at timestamptz not null,
  completed_at timestamptz,
  receipt json,
  constraint erasures_receipt check ((completed_at is null) = (receipt is null))
);
create unique index erasures_open on erasures (subject) where completed_at is null;
create index erasures_by_subject on erasures (subject, requested_at desc);

-- migrate:down

drop table erasures; drop table subject_keys;

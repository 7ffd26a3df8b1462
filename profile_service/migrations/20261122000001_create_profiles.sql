-- migrate:up

-- Names and e-mail addresses are compared by Unicode case folding under a collation of PostgreSQL's own, so that
-- the answer does not depend on the locale a server was installed with.
create table profiles (
  id uuid primary key,
  name text not null,
  email text,
  age smallint,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  constraint profiles_name_length check (char_length(name) between 1 and 100),
  constraint profiles_email_length check (char_length(email) <= 254),
  constraint profiles_age_range check (age between 1 and 150),
  constraint profiles_version_positive check (version > 0)
);

-- The order of the list, for living profiles only.
create index profiles_newest_first on profiles (created_at desc, id desc) where deleted_at is null;

-- Partial, so that an address is free again once its profile is deleted.
create unique index profiles_email_key on profiles (casefold(email collate pg_unicode_fast)) where deleted_at is null;

-- Byte order, so that a prefix is a range.
create index profiles_name_prefix on profiles ((casefold(name collate pg_unicode_fast) collate "C"))
  where deleted_at is null;

-- migrate:down

drop table profiles;

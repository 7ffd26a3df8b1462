-- migrate:up

-- Names and e-mail addresses are compared by Unicode case folding under a collation of PostgreSQL's own, so that
-- the result does not depend on the locale a server was installed with.
create table contacts (
  id uuid primary key,
  name text not null,
  email text,
  age smallint,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  constraint contacts_name_length check (char_length(name) between 1 and 100),
  constraint contacts_email_length check (char_length(email) <= 254),
  constraint contacts_age_range check (age between 1 and 150),
  constraint contacts_version_positive check (version > 0)
);

-- The order of the list, for active contacts only.
create index contacts_newest_first on contacts (created_at desc, id desc) where deleted_at is null;

-- Partial, so that an address is free again once its contact is deleted.
create unique index contacts_email_key on contacts (casefold(email collate pg_unicode_fast)) where deleted_at is null;

-- Byte order, so that a prefix is a range.
create index contacts_name_prefix on contacts ((casefold(name collate pg_unicode_fast) collate "C"))
  where deleted_at is null;

-- migrate:down

drop table contacts;

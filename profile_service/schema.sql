-- The tables as the migrations beside this file make them, to be read and reviewed; nothing runs it.
-- Written by deno task schema, and checked by the tests.

create table profiles (
  id uuid not null,
  name text not null,
  email text,
  age smallint,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  owner text,
  constraint profiles_pkey PRIMARY KEY (id),
  constraint profiles_age_range CHECK (age >= 1 AND age <= 150),
  constraint profiles_email_length CHECK (char_length(email) <= 254),
  constraint profiles_name_length CHECK (char_length(name) >= 1 AND char_length(name) <= 100),
  constraint profiles_version_positive CHECK (version > 0)
);

CREATE INDEX profiles_by_owner ON public.profiles USING btree (owner, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (owner IS NOT NULL));

CREATE UNIQUE INDEX profiles_email_key ON public.profiles USING btree (casefold((email COLLATE pg_unicode_fast))) WHERE (deleted_at IS NULL);

CREATE INDEX profiles_name_prefix ON public.profiles USING btree (casefold((name COLLATE pg_unicode_fast)) COLLATE "C") WHERE (deleted_at IS NULL);

CREATE INDEX profiles_newest_first ON public.profiles USING btree (created_at DESC, id DESC) WHERE (deleted_at IS NULL);

create view published_profiles as
 SELECT id,
    owner,
    deleted_at
   FROM profiles;

-- Two roles for one database: who makes the tables, and who serves with them. Run it as a superuser (or as whoever may
-- create roles and owns the database), connected to the database of the service, before the first migration. It can be
-- run again at any time, and any client can run it. Neither role gets a password here: see docs/permissions.md.

begin;

-- Roles belong to the whole server, so two runs could meet there.
select pg_advisory_xact_lock(hashtext('archway roles'));

do $$
begin
  if not exists (select from pg_roles where rolname = 'archway_owner') then
    create role archway_owner;
  end if;
  if not exists (select from pg_roles where rolname = 'archway_app') then
    create role archway_app;
  end if;
end $$;

-- Whatever they were before.
alter role archway_owner login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
alter role archway_app login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;

-- PostgreSQL lets everybody connect and make temporary tables, and look into the schema.
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('revoke all on database %I from archway_app', current_database());
  execute format('grant connect on database %I to archway_app', current_database());
  execute format('grant connect, temporary on database %I to archway_owner', current_database());
end $$;
revoke all on schema public from public, archway_app;
grant usage, create on schema public to archway_owner;
grant usage on schema public to archway_app;

-- Tables of before stay whose they are: docs/permissions.md tells how they change hands. What the service may do with
-- them is the same: rows, and nothing else. No truncate, no references, no triggers, no maintenance.
revoke all on all tables in schema public from public, archway_app;
revoke all on all sequences in schema public from public, archway_app;
grant select, insert, update, delete on all tables in schema public to archway_app;
grant usage on all sequences in schema public to archway_app;

-- And with what migrations are going to make.
alter default privileges for role archway_owner in schema public
  grant select, insert, update, delete on tables to archway_app;
alter default privileges for role archway_owner in schema public grant usage on sequences to archway_app;

-- What is applied is for the service to read. The tables are made here as archway migrate makes them, so that the
-- defaults above do not apply to them.
set local role archway_owner;
set local client_min_messages = warning;
create table if not exists schema_migrations (version varchar primary key);
create table if not exists archway_migration_checksums (
  version varchar primary key,
  file_name text not null,
  sha256 text not null
);
reset role;
revoke insert, update, delete on schema_migrations, archway_migration_checksums from archway_app;

commit;

-- Two roles for one database: the owner of the tables, and the service. Run this as a superuser (or a role that can
-- create roles and owns the database), connected to the database of the service, before the first migration. It can be
-- repeated at any time, with any client. It sets no passwords: see docs/permissions.md.

begin;

-- Roles are shared by all databases of the server, so concurrent runs are serialized.
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

-- Resets roles that already exist. Only a superuser may name all attributes; the administrator of a managed server is
-- none, and creates roles without them.
do $$
declare
  excessive text;
begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    alter role archway_owner login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
    alter role archway_app login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
  else
    alter role archway_owner login;
    alter role archway_app login;
    select string_agg(rolname, ', ') into excessive from pg_roles
    where rolname in ('archway_owner', 'archway_app')
      and (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls);
    if excessive is not null then
      raise exception 'Only a superuser can reset the privileges of %', excessive;
    end if;
    -- The creator of a role administers it without being its member, which is needed below until the end.
    execute format('grant archway_owner to %I with inherit true, set true', current_user);
  end if;
end $$;

-- By default, PostgreSQL allows every role to connect, to create temporary tables and to use the schema.
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

-- Existing tables keep their owner: docs/permissions.md describes how to change it. The service may read and write their
-- rows, nothing else: no truncate, no references, no triggers, no maintenance.
revoke all on all tables in schema public from public, archway_app;
revoke all on all sequences in schema public from public, archway_app;
grant select, insert, update, delete on all tables in schema public to archway_app;
grant usage on all sequences in schema public to archway_app;

-- The same for tables created by later migrations.
alter default privileges for role archway_owner in schema public
  grant select, insert, update, delete on tables to archway_app;
alter default privileges for role archway_owner in schema public grant usage on sequences to archway_app;

-- The service may only read the applied versions. The tables are created here as by archway migrate, so that the default
-- privileges above can be revoked.
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

do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('revoke archway_owner from %I granted by %I', current_user, current_user);
  end if;
end $$;

commit;

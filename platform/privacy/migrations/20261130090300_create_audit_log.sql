-- migrate:up

-- Who read or changed personal data. The hash is that of the row; blocks chain the rows.
create table audit_log (
  position bigint generated always as identity primary key,
  id uuid not null,
  at timestamptz not null,
  actor text,
  action text not null check (action in ('read', 'create', 'update', 'delete', 'export', 'erase')),
  resource text not null,
  ids text[] not null,
  hash bytea not null check (octet_length(hash) = 32)
);

-- Each has the rows after those of the block before, up to a position. Its hash covers their positions and hashes, and the
-- hash of the block before.
create table audit_blocks (
  number bigint primary key check (number > 0),
  last_position bigint not null unique,
  rows bigint not null check (rows > 0),
  closed_at timestamptz not null,
  hash bytea not null check (octet_length(hash) = 32)
);

create function refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  raise check_violation using constraint = 'audit_kept', table = tg_table_name,
    message = 'The audit log is appended to and never changed';
end $$;

create trigger audit_log_kept before update or delete on audit_log for each row execute function refuse_change_of_audit();
create trigger audit_log_not_emptied before truncate on audit_log
  for each statement execute function refuse_change_of_audit();
create trigger audit_blocks_kept before update or delete on audit_blocks
  for each row execute function refuse_change_of_audit();
create trigger audit_blocks_not_emptied before truncate on audit_blocks
  for each statement execute function refuse_change_of_audit();

-- migrate:down

drop table audit_blocks; drop table audit_log; drop function refuse_change_of_audit;

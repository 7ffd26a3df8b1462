-- migrate:up

-- With "send": an event was sent to a webhook.
alter table audit_log drop constraint audit_log_action_check;
alter table audit_log add constraint audit_log_action_check
  check (action in ('read', 'send', 'create', 'update', 'delete', 'export', 'erase')) not valid;

-- migrate:down

alter table audit_log drop constraint audit_log_action_check;
alter table audit_log add constraint audit_log_action_check
  check (action in ('read', 'create', 'update', 'delete', 'export', 'erase')) not valid;

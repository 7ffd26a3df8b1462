-- migrate:up

alter table audit_log validate constraint audit_log_action_check;

-- migrate:down

-- A valid constraint can stay.
select 1;

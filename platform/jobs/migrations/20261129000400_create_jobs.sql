-- migrate:up

-- Jobs that wait, run, or have failed for good. A job that has succeeded is deleted.
create table jobs (
  id uuid primary key,
  kind text not null,
  -- 0: high, 1: normal, 2: low.
  priority smallint not null,
  payload json not null,
  -- Only one job of its kind with this key waits or runs; null: any number does.
  unique_key text,
  traceparent text,
  created_at timestamptz not null,
  -- Time from which it can be claimed; while it is leased, the expiry of the lease.
  due_at timestamptz not null,
  -- Time at which that was decided: in the future if the clock was set back meanwhile.
  scheduled_at timestamptz not null,
  -- Fencing token of the worker that runs it; null: it waits, or is dead.
  lease uuid,
  -- Attempts that have failed, or whose lease has expired.
  attempts integer not null default 0,
  -- Time at which it runs once more after a success, since it was replaced during its run.
  rerun_at timestamptz,
  -- Time at which its cancellation was requested during its run.
  cancel_requested_at timestamptz,
  -- Name and redacted message of the last failure.
  last_error text,
  -- Time at which it became a dead letter, which is kept for a retention period.
  dead_at timestamptz,
  constraint jobs_priority check (priority between 0 and 2),
  constraint jobs_dead_has_no_lease check (dead_at is null or lease is null)
)
-- Most rows do not live long, and the scan for due ones passes over those that no vacuum has removed.
with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
create index jobs_due on jobs (kind, priority, due_at) where dead_at is null;
create unique index jobs_unique_key on jobs (kind, unique_key) where dead_at is null and unique_key is not null;
create index jobs_dead on jobs (dead_at) where dead_at is not null;

-- migrate:down

drop table jobs;

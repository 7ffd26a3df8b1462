-- migrate:up

-- Schedules with the next time of each. A row outlives the program that wrote it, so that missed times are found.
create table schedules (
  name text primary key,
  -- Definition by which next_at was planned.
  cron text not null,
  time_zone text not null,
  kind text not null,
  next_at timestamptz not null,
  -- Time at which next_at was planned. If it is in the future, the clock was set back meanwhile.
  planned_at timestamptz not null,
  -- Last time that was run or skipped.
  last_at timestamptz,
  -- Last time at which a program with this definition was running.
  seen_at timestamptz not null
);

-- migrate:down

drop table schedules;

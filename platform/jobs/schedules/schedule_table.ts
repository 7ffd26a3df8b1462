import type { Querier, Transaction } from "@archway/db/db.ts";
import type { ScheduleDefinition } from "@archway/service_kit/schedule.ts";

/** A schedule as it is stored. Times are in milliseconds since 1970. */
export interface StoredSchedule {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly kind: string;
  readonly nextAt: number;
  /** Time at which `nextAt` was decided. */
  readonly plannedAt: number;
  /** Last time that was run or skipped. */
  readonly lastAt: number | undefined;
  /** Last time at which a program had the schedule. */
  readonly seenAt: number;
}

/** Next time of a schedule, and the time at which it was planned, in milliseconds since 1970. */
export interface PlannedTime {
  readonly nextAt: number;
  readonly now: number;
}

interface ScheduleRow {
  readonly name: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly kind: string;
  readonly next_at: string;
  readonly planned_at: string;
  readonly last_at: string | null;
  readonly seen_at: string;
}

const COLUMNS = "name, cron, time_zone, kind, next_at, planned_at, last_at, seen_at";

const READ = `select ${COLUMNS} from schedules where name = any ($1::text[])`;

const LIST = `select ${COLUMNS} from schedules order by next_at, name`;

const INSERT = `insert into schedules (name, cron, time_zone, kind, next_at, planned_at, seen_at)
  values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing`;

const REPLACE =
  `update schedules set cron = $4, time_zone = $5, kind = $6, next_at = $7, planned_at = $8, seen_at = $8
  where name = $1 and planned_at = $2 and seen_at = $3`;

// Rows that another process has locked are seen by it.
const TOUCH = `update schedules set seen_at = $2
  where name in (select name from schedules where name = any ($1::text[]) order by name for update skip locked)`;

const PURGE = `delete from schedules where name <> all ($1::text[]) and seen_at < $2`;

const LOCK_DUE = `select s.name, s.cron, s.time_zone, s.kind, s.next_at, s.planned_at, s.last_at, s.seen_at
  from schedules as s
  join unnest($1::text[], $2::text[], $3::text[], $4::text[]) as d (name, cron, time_zone, kind)
    on s.name = d.name and s.cron = d.cron and s.time_zone = d.time_zone and s.kind = d.kind
  where s.next_at <= $5
  order by s.next_at limit 1 for update of s skip locked`;

const ADVANCE =
  `update schedules set next_at = $2, planned_at = $3, last_at = $4, seen_at = $3 where name = $1`;

/** Returns the stored schedules of these names. */
export async function readSchedules(
  db: Querier,
  names: readonly string[],
): Promise<ReadonlyMap<string, StoredSchedule>> {
  const { rows } = await db.query<ScheduleRow>(READ, [names]);
  return new Map(rows.map((row) => [row.name, scheduleOfRow(row)]));
}

/** Returns all stored schedules, by their next time. */
export async function listSchedules(db: Querier): Promise<readonly StoredSchedule[]> {
  const { rows } = await db.query<ScheduleRow>(LIST);
  return rows.map(scheduleOfRow);
}

/** Stores a schedule, unless another process has stored one of the name meanwhile. */
export async function insertSchedule(
  db: Querier,
  definition: ScheduleDefinition,
  { nextAt, now }: PlannedTime,
): Promise<void> {
  await db.query(INSERT, [...columnsOf(definition), time(nextAt), time(now)]);
}

/** Replaces the definition and the next time of a schedule, unless another process has changed it meanwhile. */
export async function replaceSchedule(
  db: Querier,
  { definition, stored }: { readonly definition: ScheduleDefinition; readonly stored: StoredSchedule },
  { nextAt, now }: PlannedTime,
): Promise<void> {
  const [name, ...columns] = columnsOf(definition);
  const { plannedAt, seenAt } = stored;
  await db.query(REPLACE, [name, time(plannedAt), time(seenAt), ...columns, time(nextAt), time(now)]);
}

/** Records that programs with these schedules are running. */
export async function touchSchedules(db: Querier, names: readonly string[], now: number): Promise<void> {
  if (names.length > 0) await db.query(TOUCH, [names, time(now)]);
}

/** Removes schedules that no program has had since a time, except for these names. */
export async function purgeSchedules(db: Querier, names: readonly string[], before: number): Promise<void> {
  await db.query(PURGE, [names, time(before)]);
}

/** Locks a due schedule with one of these definitions that no other process has locked. */
export async function lockDueSchedule(
  tx: Transaction,
  definitions: readonly ScheduleDefinition[],
  now: number,
): Promise<StoredSchedule | undefined> {
  const columns = definitions.map(columnsOf);
  const at = (index: 0 | 1 | 2 | 3): readonly string[] => columns.map((values) => values[index]);
  const { rows: [row] } = await tx.query<ScheduleRow>(LOCK_DUE, [at(0), at(1), at(2), at(3), time(now)]);
  return row && scheduleOfRow(row);
}

/** Stores the next time of a schedule after it was due. */
export async function advanceSchedule(
  tx: Transaction,
  { name, lastAt }: { readonly name: string; readonly lastAt: number },
  { nextAt, now }: PlannedTime,
): Promise<void> {
  await tx.query(ADVANCE, [name, time(nextAt), time(now), time(lastAt)]);
}

/** Whether a stored schedule has the times and the job of a definition. */
export function hasDefinition(stored: StoredSchedule, definition: ScheduleDefinition): boolean {
  const [, cron, timeZone, kind] = columnsOf(definition);
  return stored.cron === cron && stored.timeZone === timeZone && stored.kind === kind;
}

function columnsOf(
  { name, cron, timeZone = "UTC", job }: ScheduleDefinition,
): readonly [name: string, cron: string, timeZone: string, kind: string] {
  return [name, cron, timeZone, job.kind];
}

function scheduleOfRow(row: ScheduleRow): StoredSchedule {
  return {
    name: row.name,
    cron: row.cron,
    timeZone: row.time_zone,
    kind: row.kind,
    nextAt: Date.parse(row.next_at),
    plannedAt: Date.parse(row.planned_at),
    lastAt: row.last_at === null ? undefined : Date.parse(row.last_at),
    seenAt: Date.parse(row.seen_at),
  };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

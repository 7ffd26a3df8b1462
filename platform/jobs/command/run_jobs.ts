import type { Querier } from "@archway/db/db.ts";
import { type CommandContext, CommandError } from "@archway/service_kit/command.ts";
import { textTable } from "@archway/service_kit/text_table.ts";
import { cancelJobs, listJobs, retryJobs, type StoredJob } from "../queue/job_admin.ts";
import { listSchedules, type StoredSchedule } from "../schedules/schedule_table.ts";
import { type JobsArguments, type JobSelection, parseJobsArguments } from "./jobs_arguments.ts";

/** Number of jobs that are changed in one statement. */
const BATCH = 1_000;

/** Runs the command `jobs`, and returns its exit code. */
export async function runJobs(args: readonly string[], context: CommandContext): Promise<number> {
  const options = parseJobsArguments(args);
  await using database = await context.openDatabase();
  const db = database.pool.writer();
  if (options.action === "list") await list(db, context, options);
  else await context.print(await (options.action === "retry" ? retry : cancel)(db, options));
  return 0;
}

type ListArguments = Extract<JobsArguments, { readonly action: "list" }>;
type ChangeArguments = Exclude<JobsArguments, ListArguments>;

async function list(
  db: Querier,
  context: CommandContext,
  { state, kind, limit, json }: ListArguments,
): Promise<void> {
  const found = await listJobs(db, { state, kind, limit: limit + 1 });
  const jobs = found.slice(0, limit);
  const schedules = (await listSchedules(db)).filter((schedule) =>
    kind === undefined || schedule.kind === kind
  );
  await context.print(
    json
      ? `${JSON.stringify({ jobs, schedules: schedules.map(scheduleToJson) }, undefined, 2)}\n`
      : jobTable(jobs) + (schedules.length === 0 ? "" : `\n${scheduleTable(schedules)}`),
  );
  if (found.length > limit) {
    context.note(`There are more jobs than these ${limit}; see --limit, --state and --kind\n`);
  }
}

function jobTable(jobs: readonly StoredJob[]): string {
  if (jobs.length === 0) return "No jobs\n";
  return textTable([
    ["ID", "STATE", "KIND", "PRIORITY", "FAILED", "CREATED", "DUE", "LAST ERROR"],
    ...jobs.map((
      { id, state, kind, priority, failedAttempts, createdAt, dueAt, lastError, cancelRequestedAt },
    ) => [
      ...[
        id,
        cancelRequestedAt === null ? state : `${state}, cancelling`,
        kind,
        priority,
        String(failedAttempts),
      ],
      ...[seconds(createdAt), state === "waiting" ? seconds(dueAt) : "-", lastError ?? "-"],
    ]),
  ]);
}

function scheduleTable(schedules: readonly StoredSchedule[]): string {
  return textTable([
    ["SCHEDULE", "CRON", "TIME ZONE", "KIND", "NEXT", "LAST", "SEEN"],
    ...schedules.map(({ name, cron, timeZone, kind, nextAt, lastAt, seenAt }) => [
      ...[name, cron, timeZone, kind],
      ...[nextAt, lastAt, seenAt].map((time) => time === undefined ? "never" : seconds(timeOf(time))),
    ]),
  ]);
}

function scheduleToJson({ plannedAt: _, nextAt, lastAt, seenAt, ...schedule }: StoredSchedule): object {
  const last = lastAt === undefined ? null : timeOf(lastAt);
  return { ...schedule, nextAt: timeOf(nextAt), lastAt: last, seenAt: timeOf(seenAt) };
}

async function retry(db: Querier, { jobs, json }: ChangeArguments): Promise<string> {
  const retried: string[] = [];
  for await (const ids of batchesOf(db, jobs, ["dead"])) retried.push(...await retryJobs(db, ids));
  check(jobs, retried, "no such job, or it runs, or another job with its unique key waits");
  return json ? toJson({ retried }) : `${numberOf(retried)} due\n`;
}

async function cancel(db: Querier, { jobs, json }: ChangeArguments): Promise<string> {
  const [removed, requested]: [string[], string[]] = [[], []];
  for await (const ids of batchesOf(db, jobs, ["waiting", "running"])) {
    const cancelled = await cancelJobs(db, ids);
    removed.push(...cancelled.removed);
    requested.push(...cancelled.requested);
  }
  check(jobs, [...removed, ...requested], "no such job, or it has ended");
  if (json) return toJson({ removed, requested });
  const running = requested.length === 0 ? "" : `, ${requested.length} running asked to abort`;
  return `${numberOf(removed)} deleted${running}\n`;
}

/** Returns the ids of selected jobs in batches; of a kind, those in certain states. */
async function* batchesOf(
  db: Querier,
  { ids = [], kind }: JobSelection,
  states: readonly StoredJob["state"][],
): AsyncGenerator<readonly string[]> {
  for (let start = 0; start < ids.length; start += BATCH) yield ids.slice(start, start + BATCH);
  if (kind === undefined) return;
  for (const state of states) {
    let after: string | undefined;
    while (true) {
      const found = await listJobs(db, { state, kind, after, limit: BATCH });
      if (found.length > 0) yield found.map(({ id }) => id);
      if (found.length < BATCH) break;
      after = found.at(-1)?.id;
    }
  }
}

/** @throws {CommandError} if a job that was named by its id was not changed. */
function check({ ids = [] }: JobSelection, changed: readonly string[], reason: string): void {
  const known = new Set(changed);
  const left = ids.filter((id) => !known.has(id.toLowerCase()));
  if (left.length === 0) return;
  const done = changed.length === 0 ? "" : `; ${numberOf(changed)} changed`;
  throw new CommandError(`${left.join(", ")}: ${reason}${done}`);
}

function numberOf({ length }: readonly string[]): string {
  return length === 1 ? "1 job" : `${length} jobs`;
}

function toJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

function seconds(time: string): string {
  return time.replace(/\.\d+Z$/, "Z");
}

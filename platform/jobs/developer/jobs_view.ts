import type { ConnectionManager } from "@archway/db/db.ts";
import type {
  DeveloperView,
  ViewAction,
  ViewCell,
  ViewPage,
  ViewPlace,
  ViewRow,
} from "@archway/service_kit/developer_view.ts";
import { cancelJobs, type JobState, listJobs, retryJobs, type StoredJob } from "../queue/job_admin.ts";
import { listSchedules, type StoredSchedule } from "../schedules/schedule_table.ts";

/** Number of jobs on a page. */
const PAGE = 50;

const STATES: readonly JobState[] = ["waiting", "running", "dead"];

/** View of jobs and schedules for developers, with the operations of the command `jobs`. */
export function jobsView(database: ConnectionManager): DeveloperView {
  return {
    show: async ({ path, query }) => path.length > 0 ? undefined : await page(database, query),
    act: (action) => act(database, action),
  };
}

async function page(
  database: ConnectionManager,
  { state: name, after }: ViewPlace["query"],
): Promise<ViewPage> {
  const state = STATES.find((each) => each === name);
  const found = await listJobs(database.writer(), { state, after, limit: PAGE + 1 });
  const jobs = found.slice(0, PAGE);
  const query = state === undefined ? {} : { state };
  const last = found.length > PAGE ? jobs.at(-1) : undefined;
  return {
    sections: [
      {
        kind: "bar",
        links: [
          { text: "All states", link: { view: "jobs" } },
          ...STATES.map((each) => ({ text: each, link: { view: "jobs", query: { state: each } } })),
        ],
      },
      {
        kind: "table",
        title: state === undefined ? "Jobs, oldest first" : `Jobs that are ${state}, oldest first`,
        columns: ["Job", "State", "Priority", "Failed attempts", "Created", "Due", "Last error"],
        rows: jobs.map(rowOf),
        empty: "There are no jobs: those that have succeeded are deleted.",
      },
      {
        kind: "bar",
        links: last === undefined
          ? []
          : [{ text: `Next ${PAGE} jobs`, link: { view: "jobs", query: { ...query, after: last.id } } }],
      },
      {
        kind: "table",
        title: "Schedules, by their next time",
        columns: ["Schedule", "Expression", "Time zone", "Job", "Next", "Last", "Seen by a worker"],
        rows: (await listSchedules(database.writer())).map(scheduleRow),
        empty: "There are no schedules.",
      },
    ],
    isLive: true,
  };
}

function rowOf(job: StoredJob): ViewRow {
  const { id, kind, state, priority, failedAttempts, createdAt, dueAt, lastError, cancelRequestedAt } = job;
  const stateText = cancelRequestedAt === null ? state : `${state}, cancelling`;
  return {
    cells: [
      { text: kind, link: { table: "jobs", where: { id } } },
      { text: stateText, isBad: state === "dead" },
      priority,
      failedAttempts,
      { time: createdAt },
      state === "waiting" ? { time: dueAt } : "",
      { text: lastError ?? "", isBad: true },
    ],
    buttons: [
      ...(state === "running"
        ? []
        : [{ label: state === "dead" ? "Run again" : "Run now", action: "retry", values: { id } }]),
      ...(state === "dead" ? [] : [{ label: "Cancel", action: "cancel", values: { id } }]),
    ],
  };
}

function scheduleRow({ name, cron, timeZone, kind, nextAt, lastAt, seenAt }: StoredSchedule): ViewRow {
  const time = (ms: number | undefined): ViewCell =>
    ms === undefined ? "never" : { time: new Date(ms).toISOString() };
  return {
    cells: [
      { text: name, link: { table: "schedules", where: { name } } },
      ...[cron, timeZone, kind],
      ...[nextAt, lastAt, seenAt].map(time),
    ],
  };
}

async function act(
  database: ConnectionManager,
  { action, values: { id = "" } }: ViewAction,
): Promise<string> {
  const db = database.writer();
  if (action === "retry") {
    const [retried] = await retryJobs(db, [id]);
    if (retried !== undefined) return "The job is due.";
    throw new Error("The job has ended, runs, or another one with its unique key waits");
  }
  if (action !== "cancel") throw new Error("There is no such action");
  const { removed, requested } = await cancelJobs(db, [id]);
  if (removed.length > 0) return "The job is deleted.";
  if (requested.length > 0) return "Its worker was asked to abort the job.";
  throw new Error("The job has ended");
}

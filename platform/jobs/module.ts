import { join } from "node:path";
import {
  type BackgroundWork,
  defineService,
  type MountedService,
  type ServiceDependencies,
} from "@archway/service_kit/service_module.ts";
import { JOB_TABLES } from "./job_tables.ts";
import { jobsCommand } from "./command/jobs_command.ts";
import { JOBS_SETTINGS, type JobsConfig, readJobsConfig } from "./jobs_config.ts";
import { JobLoads } from "./metrics/job_loads.ts";
import { measureIntervals, measureJobLoads } from "./metrics/measure_jobs.ts";
import { observeJobs } from "./metrics/observe_jobs.ts";
import { Scheduler } from "./schedules/scheduler.ts";

/** Service module of jobs: background work that services enqueue in their transactions. */
export const jobsModule = defineService({
  name: "jobs",
  tables: JOB_TABLES,
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  hasBackground: true,
  settings: JOBS_SETTINGS,
  commands: [jobsCommand],
  configure: readJobsConfig,
  mount: mountJobs,
});

const GAUGE_MS = 5_000;

/** Background work of a program without jobs. */
const IDLE: BackgroundWork = {
  start(): void {},
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

function mountJobs(dependencies: ServiceDependencies, config: JobsConfig): MountedService {
  const { pool, logger, metrics, tracer, jobs, drainTimeoutMs: graceMs } = dependencies;
  const kinds = jobs.definitions.map(({ kind }) => kind);
  const observer = observeJobs({ metrics, tracer }, {
    kinds,
    schedules: jobs.schedules.map(({ name }) => name),
  });
  const shared = { database: pool, nowMs: Date.now };
  // Reports invalid expressions at the start.
  const scheduler = new Scheduler({ ...shared, schedules: jobs.schedules, logger, observer });
  if (metrics !== undefined) measureIntervals(metrics, { ...shared, schedules: jobs.schedules });
  const loads = new JobLoads({ ...shared, kinds });
  return {
    developer: {
      views: [{
        name: "jobs",
        title: "Jobs",
        open: async () => (await import("./developer/jobs_view.ts")).jobsView(pool),
      }],
    },
    background: {
      inline: config.inline,
      async open(): Promise<BackgroundWork> {
        const handlers = jobs.handlers();
        // Needs no connection of its own for notifications.
        if (handlers.length === 0) return IDLE;
        if (metrics !== undefined) measureJobLoads(metrics, () => loads.readings());
        const steps = new Map([
          ["schedules", { step: () => scheduler.step() }],
          ["gauge", { step: () => loads.step(), pollMs: GAUGE_MS }],
        ]);
        // Loaded on demand: the first response does not need it.
        const { JobWorker } = await import("./worker/job_worker.ts");
        return new JobWorker({ pool, config, handlers, logger, observer, graceMs, steps });
      },
    },
  };
}

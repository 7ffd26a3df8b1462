import type { MetricSink, Reading } from "@archway/service_kit/metric_sink.ts";
import type { WorkObservation } from "@archway/service_kit/observed_work.ts";
import { CronPlan } from "../schedules/cron_plan.ts";
import type { ScheduleObserver } from "../schedules/scheduler.ts";
import type { ScheduleDefinition } from "@archway/service_kit/schedule.ts";
import type { JobOutcome } from "../queue/job.ts";
import type { JobObserver, JobWork } from "../worker/job_observer.ts";
import type { JobLoad } from "./job_loads.ts";

/** Bounds from 5 ms to 10 minutes. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

const OUTCOMES: readonly JobOutcome[] = ["done", "retried", "dead", "cancelled", "released", "lost"];

const TASKS = [
  "jobs",
  "job",
  "settle",
  "renew",
  "deadlines",
  "cancellations",
  "sweeper",
  "gauge",
  "schedules",
];

/** Names of all series, which start at 0, so that rates include their first occurrence. */
export interface JobSeries {
  readonly kinds: readonly string[];
  readonly schedules: readonly string[];
}

/** Returns an observer that measures jobs and schedules. */
export function measureJobs(
  sink: MetricSink,
  { kinds, schedules }: JobSeries,
): JobObserver & ScheduleObserver {
  const runs = sink.counter({
    name: "archway.job.runs",
    description: "Ended runs of jobs, by kind and outcome",
    unit: "",
    labels: ["kind", "outcome"],
  });
  for (const kind of kinds) for (const outcome of OUTCOMES) runs(0, { kind, outcome });
  const duration = sink.histogram({
    name: "archway.job.duration",
    description: "Duration of runs of jobs, by kind",
    unit: "s",
    labels: ["kind"],
    buckets: BUCKETS,
  });
  const failures = sink.counter({
    name: "archway.job.worker_failures",
    description: "Failed tasks of the worker of jobs, which are retried",
    unit: "",
    labels: ["task"],
  });
  for (const task of TASKS) failures(0, { task });
  const scheduled = sink.counter({
    name: "archway.schedule.runs",
    description: "Times of schedules that have come, by outcome",
    unit: "",
    labels: ["schedule", "outcome"],
  });
  const misfires = sink.counter({
    name: "archway.schedule.misfires",
    description: "Times of schedules that were missed",
    unit: "",
    labels: ["schedule"],
  });
  for (const schedule of schedules) {
    for (const outcome of ["enqueued", "skipped"]) scheduled(0, { schedule, outcome });
    misfires(0, { schedule });
  }
  return {
    work<T>({ kind }: JobWork, run: (observation: WorkObservation) => Promise<T>): Promise<T> {
      const begun = performance.now();
      return run({
        traceparent: undefined,
        ended: () => duration((performance.now() - begun) / 1000, { kind }),
      });
    },
    settled: (kind, outcome) => runs(1, { kind, outcome }),
    taskFailed: (task) => failures(1, { task }),
    scheduled: (schedule, outcome) => scheduled(1, { schedule, outcome }),
    misfired: (schedule, missed) => misfires(missed, { schedule }),
  };
}

/** Exports the intervals of schedules, which are computed when metrics are collected for the first time. */
export function measureIntervals(
  sink: MetricSink,
  { schedules, nowMs }: {
    readonly schedules: readonly ScheduleDefinition[];
    /** Returns the current time, in milliseconds since 1970. */
    readonly nowMs: () => number;
  },
): void {
  let readings: readonly Reading[] | undefined;
  sink.gauge({
    name: "archway.schedule.interval",
    description: "Longest interval between two of the next times of a schedule",
    unit: "s",
    labels: ["schedule"],
  }, () =>
    readings ??= schedules.map((schedule) => ({
      value: new CronPlan(schedule).longestInterval(nowMs()) / 1000,
      labels: { schedule: schedule.name },
    })));
}

/** Exports the numbers of jobs whenever metrics are collected. */
export function measureJobLoads(sink: MetricSink, read: () => readonly JobLoad[]): void {
  const gauge = (name: string, description: string, value: (load: JobLoad) => number): void => {
    const unit = name.endsWith("age") ? "s" : "";
    sink.gauge(
      { name, description, unit, labels: ["kind"] },
      () => read().map((load) => ({ value: value(load), labels: { kind: load.kind } })),
    );
  };
  gauge("archway.job.waiting", "Due jobs that wait for a worker, as counted last", ({ waiting }) => waiting);
  gauge("archway.job.age", "Time since the oldest waiting job was due", ({ ageSeconds }) => ageSeconds);
  gauge("archway.job.dead", "Stored dead letters", ({ dead }) => dead);
}

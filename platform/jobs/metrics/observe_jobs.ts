import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import { bothObservations, UNTRACED, type WorkTracer } from "@archway/service_kit/observed_work.ts";
import type { ScheduleObserver } from "../schedules/scheduler.ts";
import { type JobObserver, UNOBSERVED } from "../worker/job_observer.ts";
import { type JobSeries, measureJobs } from "./measure_jobs.ts";

/** Destinations of what is observed. */
export interface JobTelemetry {
  /** Metrics are disabled if undefined. */
  readonly metrics: MetricSink | undefined;
  readonly tracer: WorkTracer;
}

const UNSCHEDULED: ScheduleObserver = { scheduled(): void {}, misfired(): void {} };

/** Returns an observer that records spans and, if a sink is passed, metrics of jobs and schedules. */
export function observeJobs(
  { metrics, tracer }: JobTelemetry,
  series: JobSeries,
): JobObserver & ScheduleObserver {
  const measured = metrics === undefined ? { ...UNOBSERVED, ...UNSCHEDULED } : measureJobs(metrics, series);
  if (tracer === UNTRACED) return measured;
  return {
    ...measured,
    work: (job, run) =>
      measured.work(job, (measurement) => {
        const span = { ...job, name: `run ${job.kind}`, kind: "internal" } as const;
        return tracer.work(span, (observation) => run(bothObservations(observation, measurement)));
      }),
  };
}

import type { Logger } from "@archway/server/logger.ts";
import {
  defineJob,
  handleJob,
  type JobContext,
  type JobHandler,
  RetryJobError,
} from "@archway/service_kit/job.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import { objectPayload } from "@archway/service_kit/object_payload.ts";
import { defineSchedule, type ScheduleDefinition } from "@archway/service_kit/schedule.ts";
import type { BackgroundWork, RunInThread } from "@archway/service_kit/service_module.ts";

/** Exports all data sets. One at a time, over all processes; it takes as long as it takes. */
export const exportJob = defineJob({
  kind: "export.all",
  payload: objectPayload({}),
  ...{ concurrency: 1, timeoutMs: 24 * 3_600_000 },
  ...{ retries: 5, backoff: { firstMs: 30_000, maxMs: 600_000 } },
});

/** Returns the schedule of exports at the times of EXPORT_SCHEDULE. */
export function exportSchedule(cron: string): ScheduleDefinition {
  return defineSchedule({
    ...{ name: "export.all", cron, setting: "EXPORT_SCHEDULE" },
    ...{ job: exportJob, payload: {} },
  });
}

/** Outcome of exporting a data set, as the command prints it with --json. */
export interface ExportedDataSet {
  readonly dataSet: string;
  /** Rows that were written. */
  readonly rows: number;
  /** Rows of the data set, and its files. */
  readonly total: number;
  readonly files: number;
  readonly seconds: number;
}

/** Dependencies of {@link ScheduledExport}. */
export interface ScheduledExportDependencies {
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Metrics are disabled if undefined. */
  readonly metrics: MetricSink | undefined;
  readonly runInThread: RunInThread;
}

/** Runs the command `export` as a job, in a thread. Disposing stops it at once: the next run continues. */
export class ScheduledExport implements BackgroundWork {
  readonly #target: string;
  readonly #dependencies: ScheduledExportDependencies;
  readonly #measured: (exported: ExportedDataSet) => void;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(target: string, dependencies: ScheduledExportDependencies) {
    this.#target = target;
    this.#dependencies = dependencies;
    this.#measured = dependencies.metrics === undefined ? (): void => {} : measure(dependencies.metrics);
  }

  /** Handler of the job. */
  get handler(): JobHandler {
    return handleJob(exportJob, (_, context) => this.#run(context));
  }

  start(): void {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new DOMException("The program stops", "AbortError"));
    await this.#running;
  }

  async #run({ signal }: Pick<JobContext, "signal">): Promise<void> {
    const stopping = this.#stopping.signal;
    const ended = this.#dependencies.runInThread(["export", "all", "--to", this.#target, "--json"], {
      signal: AbortSignal.any([signal, stopping]),
      onPrinted: (text) => this.#exported(JSON.parse(text)),
    });
    this.#running = ended.catch(() => undefined);
    try {
      await ended;
    } catch (error) {
      // Another process, or this one after its restart, continues.
      if (stopping.aborted) throw new RetryJobError({ afterMs: 0 }, { cause: error });
      const message = error instanceof Error ? error.message : "unknown error";
      this.#dependencies.logger.warn("Scheduled export failed: {message}", { message });
      throw error;
    }
  }

  #exported(exported: ExportedDataSet): void {
    this.#measured(exported);
    const { dataSet, rows, files, seconds } = exported;
    this.#dependencies.logger.info(
      "Exported {rows} rows of {data_set} in {seconds} s, {files} files in all",
      {
        ...{ rows, files, seconds, data_set: dataSet },
      },
    );
  }
}

/** Returns a function that measures exports. */
function measure(sink: MetricSink): (exported: ExportedDataSet) => void {
  const labels = ["data_set"];
  const rows = sink.counter({
    ...{ name: "archway.export.rows", unit: "", labels },
    description: "Rows that scheduled exports have written, by data set",
  });
  const seconds = sink.histogram({
    ...{
      name: "archway.export.duration",
      unit: "s",
      labels,
      buckets: [1, 5, 10, 30, 60, 300, 600, 1800, 3600],
    },
    description: "Duration of scheduled exports, by data set",
  });
  const last = new Map<string, number>();
  sink.gauge({
    ...{ name: "archway.export.last_success", unit: "s", labels },
    description: "Time of the last successful export of this process in seconds since 1970, by data set",
  }, () => [...last].map(([name, value]) => ({ value, labels: { data_set: name } })));
  return (exported): void => {
    const series = { data_set: exported.dataSet };
    rows(exported.rows, series);
    seconds(exported.seconds, series);
    last.set(exported.dataSet, Date.now() / 1000);
  };
}

import type { Logger } from "@archway/server/logger.ts";
import { type JobContext, RetryJobError } from "@archway/service_kit/job.ts";
import type { ExportDefinition } from "@archway/service_kit/export_definition.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import type { BackgroundWork, RunInThread } from "@archway/service_kit/service_module.ts";
import type { ExportConfig } from "../export_config.ts";
import type { ExportedDataSet } from "../run/export_options.ts";
import { ExportMetrics } from "./export_metrics.ts";

/** Dependencies of {@link ScheduledExport}. */
export interface ScheduledExportDependencies {
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Metrics are disabled if undefined. */
  readonly metrics: MetricSink | undefined;
  readonly runInThread: RunInThread;
  readonly exports: readonly ExportDefinition[];
}

/** Options of {@link ScheduledExport}. */
export interface ScheduledExportOptions {
  /** Directory or address. */
  readonly target: string;
  readonly config: Pick<ExportConfig, "s3">;
}

/** Runs the command `export` as a job, in a thread. Disposing stops it at once: the next run continues. */
export class ScheduledExport implements BackgroundWork {
  readonly #target: string;
  readonly #dependencies: ScheduledExportDependencies;
  readonly #metrics: ExportMetrics | undefined;
  readonly #stopping = new AbortController();
  #checked: Promise<void> = Promise.resolve();
  #running: Promise<unknown> = Promise.resolve();

  constructor({ target, config }: ScheduledExportOptions, dependencies: ScheduledExportDependencies) {
    this.#target = target;
    this.#dependencies = dependencies;
    const { metrics: sink, exports: definitions, logger } = dependencies;
    const { signal } = this.#stopping;
    this.#metrics = sink && new ExportMetrics({
      ...{ sink, definitions },
      async readCompletion(definition): Promise<string | undefined> {
        const { readCompletion } = await import("../storage/open_storage.ts");
        return await readCompletion(target, { definition, config, signal });
      },
      onError(dataSet, error): void {
        if (signal.aborted) return;
        const message = error instanceof Error ? error.message : "unknown error";
        logger.warn("Last export of {data_set} unknown; its manifest cannot be read: {message}", {
          data_set: dataSet,
          message,
        });
      },
    });
  }

  start(): void {
    this.#metrics?.start();
    this.#checked = this.#check();
  }

  /**
   * Exports all data sets.
   *
   * @throws {RetryJobError} if the program stops; the error of the command if that fails.
   */
  async run({ signal }: Pick<JobContext, "signal">): Promise<void> {
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

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new DOMException("The program stops", "AbortError"));
    await Promise.all([this.#checked, this.#running]);
    await this.#metrics?.[Symbol.asyncDispose]();
  }

  /** Warns at the start if the next run will fail. */
  async #check(): Promise<void> {
    try {
      const { checkTarget } = await import("../storage/open_storage.ts");
      await checkTarget(this.#target);
    } catch (error) {
      const message = error instanceof Error ? error.message : "unknown error";
      this.#dependencies.logger.warn("Scheduled exports to EXPORT_TO will fail: {message}", { message });
    }
  }

  #exported(exported: ExportedDataSet): void {
    this.#metrics?.record(exported);
    const { dataSet, rows, files, seconds } = exported;
    this.#dependencies.logger.info(
      "Exported {rows} rows of {data_set} in {seconds} s, {files} files in all",
      {
        ...{ rows, files, seconds, data_set: dataSet },
      },
    );
  }
}

import type { Logger } from "@archway/server/logger.ts";
import type { Measure, MetricSink } from "@archway/service_kit/metric_sink.ts";

/** Reason for which telemetry was lost. */
export type DropReason = "queue-full" | "export-failed";

/** Options of an {@link ExportReport}. */
export interface ExportReportOptions {
  readonly signal: "traces" | "metrics";
  /** URL of the receiver. */
  readonly url: string;
  readonly logger: Logger;
  /** Sink of the number of lost spans. */
  readonly sink?: MetricSink | undefined;
  /** @default {performance.now} */
  readonly now?: () => number;
}

/** Minimum time between two lines about the same receiver. */
const INTERVAL_MS = 60_000;

/** Reports failed exports and dropped spans: in a metric, and in the log at most once a minute. */
export class ExportReport {
  readonly #options: ExportReportOptions;
  readonly #measure: Measure | undefined;
  readonly #now: () => number;
  readonly #dropped: Record<DropReason, number> = { "queue-full": 0, "export-failed": 0 };
  #unmeasured = 0;
  #reportedAt = -Infinity;
  #isFailing = false;
  #hasEnded = false;

  constructor(options: ExportReportOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#measure = options.sink?.counter({
      name: "archway.telemetry.dropped",
      description: "Spans that were lost, because the queue was full or the receiver did not accept them",
      unit: "",
      labels: ["reason"],
    });
  }

  /** Counts a span that found the queue full. Cheap, as there may be many; reported with the next export. */
  queueFull(): void {
    this.#unmeasured++;
  }

  /** Reports the end of an export, of so many spans. */
  exported(error: Error | undefined, count = 0): void {
    // It was reported as abandoned.
    if (this.#hasEnded) return;
    this.#drop("queue-full", this.#unmeasured);
    this.#unmeasured = 0;
    if (error !== undefined) {
      this.#drop("export-failed", count);
      this.#isFailing = true;
    }
    this.#report(error);
  }

  /** Reports that the program ends before the last export, of so many spans, has ended. */
  abandoned(count = 0): void {
    const { signal, url, logger } = this.#options;
    this.#hasEnded = true;
    this.#drop("queue-full", this.#unmeasured);
    this.#drop("export-failed", count);
    const fields = { signal, receiver: url, lost: count };
    logger.warn("The last export of {signal} to {receiver} did not end in time, and was abandoned", fields);
  }

  #drop(reason: DropReason, count: number): void {
    if (count === 0) return;
    this.#dropped[reason] += count;
    this.#measure?.(count, { reason });
  }

  #report(error: Error | undefined): void {
    const { signal, url, logger } = this.#options;
    const { "queue-full": queueFull, "export-failed": failed } = this.#dropped;
    if (error === undefined && this.#isFailing) {
      this.#isFailing = false;
      logger.info("Export of {signal} to {receiver} works again", { signal, receiver: url });
    }
    if ((error === undefined && queueFull === 0) || this.#now() - this.#reportedAt < INTERVAL_MS) return;
    this.#reportedAt = this.#now();
    this.#dropped["queue-full"] = 0;
    this.#dropped["export-failed"] = 0;
    const fields = { signal, receiver: url, queueFull, failed };
    if (error === undefined) {
      logger.warn("{queueFull} spans were dropped, as more ended than were exported to {receiver}", fields);
    } else {
      logger.warn("Export of {signal} to {receiver} failed: {reason}", {
        ...fields,
        reason: reasonOf(error),
      });
    }
  }
}

/** Returns the reason of a failure: the status of the receiver, or the error of the connection. */
function reasonOf(error: Error): string {
  const code = "code" in error && typeof error.code === "number" ? `status ${error.code} ` : "";
  return `${code}${error.message}`.trim() || error.name;
}

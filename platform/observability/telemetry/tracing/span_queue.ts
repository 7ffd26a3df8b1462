import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from "@opentelemetry/sdk-trace";
import type { ExportReport } from "../otlp/export_report.ts";
import { alignClock } from "./span_clock.ts";

/** Options of a {@link SpanQueue}. */
export interface SpanQueueOptions {
  /** Maximum number of spans that wait; later ones are dropped. */
  readonly maxQueueSize: number;
  /** Maximum number of spans of an export. */
  readonly maxBatchSize: number;
  /** Delay of an export of fewer spans, in milliseconds. */
  readonly delayMs: number;
  /** Timeout of an export, in milliseconds. */
  readonly timeoutMs: number;
  readonly report: ExportReport;
}

/**
 * Queue of ended spans in front of the SDK's batch processor, with its limits. It counts what it drops, which the
 * processor does not report.
 */
export class SpanQueue {
  readonly #processor: BatchSpanProcessor;
  readonly #options: SpanQueueOptions;
  #waiting = 0;
  #exporting = 0;

  constructor(exporter: SpanExporter, options: SpanQueueOptions) {
    this.#options = options;
    const { maxQueueSize, maxBatchSize, delayMs, timeoutMs } = options;
    this.#processor = new BatchSpanProcessor({
      exporter: {
        export: (spans, done): void => this.#export(exporter, spans, done),
        shutdown: () => exporter.shutdown(),
      },
      maxQueueSize,
      maxExportBatchSize: maxBatchSize,
      scheduledDelayMillis: delayMs,
      exportTimeoutMillis: timeoutMs,
    });
  }

  /** Number of spans whose export has not ended. */
  get unfinished(): number {
    return this.#waiting + this.#exporting;
  }

  /** Adds an ended span, or drops it if the queue is full. */
  add(span: ReadableSpan): void {
    if (this.#waiting >= this.#options.maxQueueSize) return this.#options.report.queueFull();
    this.#waiting++;
    this.#processor.onEnd(span);
  }

  /** Exports what is queued. */
  async flush(): Promise<void> {
    // Failures are reported by the exporter.
    await this.#processor.forceFlush().catch(() => {});
  }

  /** Exports what is queued, and then nothing more. */
  async shutdown(): Promise<void> {
    // Failures are reported by the exporter.
    await this.#processor.shutdown().catch(() => {});
  }

  #export(exporter: SpanExporter, spans: ReadableSpan[], done: Parameters<SpanExporter["export"]>[1]): void {
    this.#waiting -= spans.length;
    this.#exporting += spans.length;
    alignClock();
    exporter.export(spans, (result) => {
      this.#exporting -= spans.length;
      this.#options.report.exported(result.error, spans.length);
      done(result);
    });
  }
}

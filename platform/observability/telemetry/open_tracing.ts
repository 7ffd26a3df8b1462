import {
  JsonTraceSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { DatabaseObserver } from "@archway/db/database_observer.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { TraceRecorder } from "@archway/service_kit/developer_tool.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import type { WorkTracer } from "@archway/service_kit/observed_work.ts";
import type { TracesExport } from "@archway/service_kit/telemetry_export.ts";
import { SCOPE } from "./instrumentation_scope.ts";
import { ExportReport } from "./otlp/export_report.ts";
import { OtlpExporter } from "./otlp/otlp_exporter.ts";
import { programResource } from "./otlp/program_resource.ts";
import { withinFlushTime } from "./otlp/within_flush_time.ts";
import { traceDatabase } from "./trace_database.ts";
import { traceFetch } from "./trace_fetch.ts";
import { traceRequests } from "./trace_requests.ts";
import { traceWork } from "./trace_work.ts";
import { headSampler } from "./tracing/head_sampler.ts";
import { Propagation } from "./tracing/propagation.ts";
import type { RecordedSpan } from "./tracing/recorded_span.ts";
import { SpanQueue } from "./tracing/span_queue.ts";

/** Dependencies of {@link openTracing}. */
export interface TracingDependencies {
  /** Attributes of everything exported. */
  readonly resource: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** Sink of the number of lost spans. */
  readonly sink: MetricSink | undefined;
  /** Receives every span too. @default none */
  readonly recorder?: TraceRecorder | undefined;
}

/** Observers that record spans. Disposing exports what is queued, for a limited time. */
export interface OpenTracing extends AsyncDisposable {
  readonly requests: RequestObserver;
  readonly database: DatabaseObserver;
  readonly work: WorkTracer;
  /** Exports what is queued, for a limited time. */
  flush(): Promise<void>;
}

/** Starts to record and export spans. */
export function openTracing(
  traces: TracesExport,
  { resource, logger, sink, recorder }: TracingDependencies,
): OpenTracing {
  const exporter = new OtlpExporter<ReadableSpan[]>(traces, {
    json: JsonTraceSerializer,
    protobuf: ProtobufTraceSerializer,
    counts: TraceExporterMetricsHelper,
  });
  const report = new ExportReport({ signal: "traces", url: traces.url, logger, sink });
  const queue = new SpanQueue(exporter, { ...traces, report });
  const propagation = new Propagation(traces.propagators);
  const tracing = {
    origin: {
      resource: programResource(resource),
      instrumentationScope: { name: SCOPE },
      take: (span: RecordedSpan): void => {
        queue.add(span);
        recorder?.span(span);
      },
    },
    sampler: headSampler(traces),
    propagation,
  };
  const fetching = traceFetch(propagation);
  return {
    requests: traceRequests(tracing),
    database: traceDatabase(),
    work: traceWork(tracing),
    flush: async (): Promise<void> => void await withinFlushTime(queue.flush()),
    async [Symbol.asyncDispose](): Promise<void> {
      fetching[Symbol.dispose]();
      if (!await withinFlushTime(queue.shutdown())) report.abandoned(queue.unfinished);
      exporter[Symbol.dispose]();
    },
  };
}

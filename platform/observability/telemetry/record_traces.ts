import { emptyResource } from "@opentelemetry/resources";
import type { TraceRecorder } from "@archway/service_kit/developer_tool.ts";
import { SCOPE } from "./instrumentation_scope.ts";
import type { OpenTracing } from "./open_tracing.ts";
import { traceDatabase } from "./trace_database.ts";
import { traceFetch } from "./trace_fetch.ts";
import { traceRequests } from "./trace_requests.ts";
import { traceWork } from "./trace_work.ts";
import { Propagation } from "./tracing/propagation.ts";
import type { RecordedSpan } from "./tracing/recorded_span.ts";

/** Starts to record the spans of requests for a tool of developers, without export. */
export function recordTraces(recorder: TraceRecorder): OpenTracing {
  const propagation = new Propagation(["tracecontext", "baggage"]);
  const tracing = {
    origin: {
      resource: emptyResource(),
      instrumentationScope: { name: SCOPE },
      take: (span: RecordedSpan): void => recorder.span(span),
    },
    sampler: (): boolean => recorder.isRecording,
    propagation,
  };
  const fetching = traceFetch(propagation);
  return {
    requests: traceRequests(tracing),
    database: traceDatabase(),
    work: traceWork(tracing),
    flush: () => Promise.resolve(),
    [Symbol.asyncDispose](): Promise<void> {
      fetching[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

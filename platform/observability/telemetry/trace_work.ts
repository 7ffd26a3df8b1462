import { type Link, SpanKind, TraceFlags } from "@opentelemetry/api";
import { parseTraceParent } from "@archway/server/trace_context.ts";
import type {
  ObservedWork,
  WorkObservation,
  WorkOutcome,
  WorkTracer,
} from "@archway/service_kit/observed_work.ts";
import { activeTrace } from "./tracing/active_trace.ts";
import { RecordedSpan } from "./tracing/recorded_span.ts";
import { newTraceId } from "./tracing/trace_ids.ts";
import type { Tracing } from "./tracing/tracing.ts";

/** Maximum number of links of a span, the default limit of OpenTelemetry. */
const MAX_LINKS = 128;

const KINDS: Readonly<Record<ObservedWork["kind"], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
};

/**
 * Returns a tracer that records a span for work caused by recorded requests, in a trace of its own: the work may run hours
 * later, in another process, and for many requests at once. The span is linked to that of each request (OpenTelemetry,
 * "Links between spans"). Other work has no span.
 */
export function traceWork({ origin }: Pick<Tracing, "origin">): WorkTracer {
  return {
    async work<T>(work: ObservedWork, run: (observation: WorkObservation) => Promise<T>): Promise<T> {
      const links = work.causes.flatMap(linkOf).slice(0, MAX_LINKS);
      // Outside of the trace of a request that happens to start the work.
      if (links.length === 0) return await activeTrace.run(undefined, run, UNRECORDED);
      const span = new RecordedSpan(origin, { kind: KINDS[work.kind], traceId: newTraceId(), links });
      let ended: WorkOutcome | undefined;
      const observation: WorkObservation = {
        traceparent: span.traceParent,
        ended(outcome): void {
          ended = outcome;
        },
      };
      try {
        const value = await activeTrace.run(span, run, observation);
        endSpan(span, work, ended);
        return value;
      } catch (error) {
        endSpan(span, work, ended ?? { outcome: "failed", failed: true });
        throw error;
      }
    },
  };
}

const UNRECORDED: WorkObservation = { traceparent: undefined, ended(): void {} };

function endSpan(
  span: RecordedSpan,
  { name, attributes }: ObservedWork,
  outcome: WorkOutcome | undefined,
): void {
  if (outcome === undefined) return span.end(name, { ...attributes });
  const { failed, attributes: more } = outcome;
  const all = { ...attributes, "archway.outcome": outcome.outcome, ...more };
  span.end(name, all, failed ? outcome.outcome : undefined);
}

/** Returns a link to a recorded span, and none to an unrecorded one. */
function linkOf(traceparent: string): readonly Link[] {
  const parent = parseTraceParent(traceparent);
  if (parent?.spanId === undefined || parent.sampled !== true) return [];
  const { traceId, spanId } = parent;
  return [{ context: { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true } }];
}

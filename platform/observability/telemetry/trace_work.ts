import {
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import { parseTraceParent } from "@archway/server/trace_context.ts";
import type {
  ObservedWork,
  WorkObservation,
  WorkOutcome,
  WorkTracer,
} from "@archway/service_kit/observed_work.ts";
import { SCOPE } from "./is_tracing.ts";

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
export function traceWork(): WorkTracer {
  const tracer = trace.getTracer(SCOPE);
  return {
    async work<T>(
      { name, kind, causes, attributes }: ObservedWork,
      run: (observation: WorkObservation) => Promise<T>,
    ): Promise<T> {
      const links = causes.flatMap(linkOf).slice(0, MAX_LINKS);
      // In the root context, as the work starts a trace of its own.
      if (links.length === 0) return await context.with(ROOT_CONTEXT, () => run(UNRECORDED));
      const span = tracer.startSpan(
        name,
        { kind: KINDS[kind], links, attributes: { ...attributes } },
        ROOT_CONTEXT,
      );
      try {
        return await context.with(trace.setSpan(ROOT_CONTEXT, span), () => run(observationOf(span)));
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

const UNRECORDED: WorkObservation = { traceparent: undefined, ended(): void {} };

function observationOf(span: Span): WorkObservation {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
    ended({ outcome, failed, attributes }: WorkOutcome): void {
      span.setAttributes({ "archway.outcome": outcome, ...attributes });
      if (!failed) return;
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute("error.type", outcome);
    },
  };
}

/** Returns a link to a recorded span, and none to an unrecorded one. */
function linkOf(traceparent: string): readonly Link[] {
  const parent = parseTraceParent(traceparent);
  if (parent?.spanId === undefined || parent.sampled !== true) return [];
  const linked: SpanContext = {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  };
  return [{ context: linked }];
}

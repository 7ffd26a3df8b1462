import type { Exchange } from "@archway/server/request_observer.ts";
import {
  formatXRayTrace,
  parseTraceParent,
  parseXRayTrace,
  type TraceParent,
} from "@archway/server/trace_context.ts";
import type { Propagator } from "@archway/service_kit/telemetry_export.ts";
import type { UnrecordedTrace } from "./active_trace.ts";
import type { RecordedSpan } from "./recorded_span.ts";

/** Maximum lengths of headers that are passed on unread (W3C Trace Context, section 3.3.1.5; W3C Baggage, section 3.3.2). */
const MAX_TRACE_STATE = 512;
const MAX_BAGGAGE = 8192;

/** Reads and writes trace context in headers. */
export class Propagation {
  readonly #isW3c: boolean;
  readonly #hasBaggage: boolean;
  readonly #isXRay: boolean;

  constructor(propagators: readonly Propagator[]) {
    this.#isW3c = propagators.includes("tracecontext");
    this.#hasBaggage = propagators.includes("baggage");
    this.#isXRay = propagators.includes("xray");
  }

  /** Returns the caller's span; `traceparent` has precedence over `X-Amzn-Trace-Id`. Malformed headers are ignored. */
  parentOf({ fields: { traceParent, xrayTrace } }: Exchange): TraceParent | undefined {
    // Most requests have neither.
    if (traceParent === null && xrayTrace === null) return undefined;
    return (this.#isW3c ? parseTraceParent(traceParent) : undefined) ??
      (this.#isXRay ? parseXRayTrace(xrayTrace) : undefined);
  }

  /** Returns a request's `tracestate` if it belongs to its `traceparent`. */
  traceStateOf({ fields, request: { headers } }: Exchange): string | undefined {
    return this.#isW3c && parseTraceParent(fields.traceParent) !== undefined
      ? limited(headers.get("tracestate"), MAX_TRACE_STATE)
      : undefined;
  }

  /** Sets the headers of an outgoing request, except those that its sender has set. */
  inject(headers: Headers, active: RecordedSpan | UnrecordedTrace): void {
    const { traceId, spanId, isRecorded: sampled, incoming } = active;
    const set = (name: string, value: string | undefined): void => {
      if (value !== undefined && !headers.has(name)) headers.set(name, value);
    };
    if (this.#isW3c && !headers.has("traceparent")) {
      headers.set("traceparent", active.traceParent);
      if (parseTraceParent(incoming?.get("traceparent") ?? null) !== undefined) {
        set("tracestate", limited(incoming?.get("tracestate"), MAX_TRACE_STATE));
      }
    }
    if (this.#isXRay) set("x-amzn-trace-id", formatXRayTrace({ traceId, spanId, sampled }));
    if (this.#hasBaggage) set("baggage", limited(incoming?.get("baggage"), MAX_BAGGAGE));
  }
}

function limited(value: string | null | undefined, maxLength: number): string | undefined {
  return value === null || value === undefined || value.length > maxLength ? undefined : value;
}

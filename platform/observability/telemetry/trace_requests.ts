import {
  type Attributes,
  createTraceState,
  type SpanContext,
  SpanKind,
  TraceFlags,
} from "@opentelemetry/api";
import { KNOWN_METHODS } from "@archway/server/methods.ts";
import type { Exchange, RequestObserver } from "@archway/server/request_observer.ts";
import { formatXRayTrace, type TraceParent } from "@archway/server/trace_context.ts";
import { redactedPath } from "./redacted_path.ts";
import { activeTrace, UnrecordedTrace } from "./tracing/active_trace.ts";
import { RecordedSpan } from "./tracing/recorded_span.ts";
import { newSpanId, newTraceId } from "./tracing/trace_ids.ts";
import type { Tracing } from "./tracing/tracing.ts";

/**
 * Returns an observer that records a span for every request of a recorded trace, such as `GET /v1/profiles/{id}`
 * (OpenTelemetry, "Semantic conventions for HTTP spans"). Whether a trace is recorded is decided once, here. Spans
 * contain no query, no headers, and no path that may be personal data.
 */
export function traceRequests({ origin, sampler, propagation }: Tracing): RequestObserver {
  return (serve) => {
    async function serveRecorded(exchange: Exchange, span: RecordedSpan): Promise<Response> {
      exchange.ownTraceParent = span.traceParent;
      const response = await activeTrace.run(span, serve, exchange);
      endSpan(span, exchange, response);
      return response;
    }

    return function trace(exchange): Promise<Response> {
      const caller = propagation.parentOf(exchange);
      const traceId = caller?.traceId ?? newTraceId();
      exchange.ownTraceId = traceId;
      const { headers } = exchange.request;
      const isRecorded = sampler(traceId, caller?.sampled);
      let served: Promise<Response>;
      if (isRecorded) {
        const parent = caller && contextOf(caller, propagation.traceStateOf(exchange));
        const options = { kind: SpanKind.SERVER, traceId, parent, incoming: headers };
        served = serveRecorded(exchange, new RecordedSpan(origin, options));
      } else {
        const unrecorded = new UnrecordedTrace(traceId, caller?.spanId ?? newSpanId(), headers);
        exchange.ownTraceParent = unrecorded.traceParent;
        // The context costs two microseconds in all. It passes on the caller's trace; a trace that begins here, and is not
        // recorded, needs none, since `fetch` outside of any context passes on that decision (trace_fetch.ts). Deno runs the
        // requests after an import on demand in the context of the import, which may be that of another request.
        served = caller === undefined && activeTrace.getStore() === undefined
          ? serve(exchange)
          : activeTrace.run(caller && unrecorded, serve, exchange);
      }
      return caller !== undefined && caller.sampled === undefined
        ? withDecision(served, { traceId, spanId: undefined, sampled: isRecorded })
        : served;
    };
  };
}

/** Returns the caller's span; undefined if it sent only the id of the trace, as load balancers of AWS do. */
function contextOf(
  { traceId, spanId }: TraceParent,
  traceState: string | undefined,
): SpanContext | undefined {
  if (spanId === undefined) return undefined;
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return traceState === undefined ? context : { ...context, traceState: createTraceState(traceState) };
}

/** Responds to `Sampled=?` with the decision (AWS X-Ray Developer Guide, "Tracing header"). */
async function withDecision(served: Promise<Response>, decision: TraceParent): Promise<Response> {
  const response = await served;
  response.headers.set("X-Amzn-Trace-Id", formatXRayTrace(decision));
  return response;
}

function endSpan(span: RecordedSpan, exchange: Exchange, { status }: Response): void {
  const { route, operationName, problem, method, path, origin, requestId, ownRequestId } = exchange;
  const isKnown = KNOWN_METHODS.has(method);
  const attributes: Attributes = {
    "http.request.method": isKnown ? method : "_OTHER",
    "http.response.status_code": status,
    "url.scheme": origin?.startsWith("https:") ? "https" : "http",
    "url.path": redactedPath(path, route),
  };
  if (route !== "") attributes["http.route"] = route;
  if (operationName !== undefined) attributes["archway.operation"] = operationName;
  if (problem !== undefined) attributes["archway.problem"] = problem;
  // An id that the client chose may be an e-mail address.
  if (ownRequestId || !requestId.includes("@")) attributes["archway.request_id"] = requestId;
  const name = isKnown ? method : "HTTP";
  span.end(route === "" ? name : `${name} ${route}`, attributes, status < 500 ? undefined : String(status));
}

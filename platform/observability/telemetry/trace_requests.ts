import { context, type Span, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import type { Exchange, RequestObserver, Serve } from "@archway/server/request_observer.ts";
import { KNOWN_METHODS } from "@archway/server/methods.ts";
import {
  formatXRayTrace,
  parseTraceParent,
  parseXRayTrace,
  type TraceParent,
} from "@archway/server/trace_context.ts";
import { SCOPE } from "./is_tracing.ts";
import { redactedPath } from "./redacted_path.ts";

/**
 * Names the platform's span of every request `GET /v1/profiles/{id}` and says what the platform cannot know
 * (OpenTelemetry, "Semantic conventions for HTTP spans"). What the platform has said already stays: its attributes
 * cannot be changed, and setting one again adds a second one of that name.
 *
 * A request that comes with `X-Amzn-Trace-Id` and without `traceparent` gets one more span, in the trace of AWS X-Ray:
 * the platform's own span cannot be moved there. It is linked to the platform's, and all that follows is below it.
 */
export function traceRequests(): RequestObserver {
  return (serve) => (exchange): Promise<Response> => {
    const span = trace.getActiveSpan();
    if (span === undefined) return serve(exchange);
    const { headers } = exchange.request;
    const header = headers.get("x-amzn-trace-id");
    const parent = header === null || parseTraceParent(headers.get("traceparent")) !== undefined
      ? undefined
      : parseXRayTrace(header);
    if (parent !== undefined) {
      return serveInXRay(serve, exchange, { span, parent, asks: header?.includes("Sampled=?") });
    }
    exchange.ownTraceId = span.spanContext().traceId;
    exchange.ownTraceParent = traceParentOf(span);
    return isSampled(span) ? serveInSpan(serve, exchange, [span]) : serve(exchange);
  };
}

interface XRay {
  /** The platform's. */
  readonly span: Span;
  readonly parent: TraceParent;
  /** Whether the client wants to be told whether the trace is recorded. */
  readonly asks: boolean | undefined;
}

async function serveInXRay(
  serve: Serve,
  exchange: Exchange,
  { span, parent, asks }: XRay,
): Promise<Response> {
  const { traceId, sampled = isSampled(span) } = parent;
  const remote = {
    traceId,
    // A load balancer names a trace without a span of its own, but a span cannot join a trace without a parent.
    spanId: parent.spanId ?? (/[^0]/.test(traceId.slice(16)) ? traceId.slice(16) : traceId.slice(0, 16)),
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
  const around = trace.setSpanContext(context.active(), remote);
  const links = [{ context: span.spanContext() }];
  // What is not recorded elsewhere is not recorded here: without a span of its own, but with the ids.
  const own = sampled
    ? trace.getTracer(SCOPE).startSpan("HTTP", { kind: SpanKind.SERVER, links }, around)
    : trace.wrapSpanContext(remote);
  exchange.ownTraceId = traceId;
  exchange.ownTraceParent = traceParentOf(own);
  try {
    const spans = [own, span].filter(isSampled);
    const response = await context.with(
      trace.setSpan(around, own),
      () => serveInSpan(serve, exchange, spans),
    );
    describe(own, exchange, response);
    if (asks) {
      const answer = formatXRayTrace({ traceId, spanId: undefined, sampled: isSampled(own) });
      response.headers.set("X-Amzn-Trace-Id", answer);
    }
    return response;
  } finally {
    own.end();
  }
}

async function serveInSpan(serve: Serve, exchange: Exchange, spans: readonly Span[]): Promise<Response> {
  const response = await serve(exchange);
  const { route, problem, method, requestId, ownRequestId } = exchange;
  const known = KNOWN_METHODS.has(method) ? method : "HTTP";
  for (const span of spans) {
    span.updateName(route === "" ? known : `${known} ${route}`);
    if (route !== "") span.setAttribute("http.route", route);
    if (problem !== undefined) span.setAttribute("archway.problem", problem);
    // A client may put anything there.
    if (ownRequestId || !requestId.includes("@")) span.setAttribute("archway.request_id", requestId);
  }
  return response;
}

/** What the platform says of its own span, of the one that stands beside it; without what a client can choose freely. */
function describe(span: Span, { method, path, route }: Exchange, { status }: Response): void {
  span.setAttributes({
    "http.request.method": KNOWN_METHODS.has(method) ? method : "_OTHER",
    "http.response.status_code": status,
    "url.path": redactedPath(path, route),
  });
  if (status < 500) return;
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute("error.type", String(status));
}

/** The span as what comes after it names it (W3C Trace Context, section 3.2). */
function traceParentOf(span: Span): string {
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-${isSampled(span) ? "01" : "00"}`;
}

function isSampled(span: Span): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

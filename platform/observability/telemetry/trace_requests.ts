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
 * Returns an observer that names Deno's span of a request, such as `GET /v1/profiles/{id}`, and adds attributes that Deno
 * does not know (OpenTelemetry, "Semantic conventions for HTTP spans"). Attributes set by Deno are left unchanged, as
 * setting one again would duplicate it.
 *
 * A request with `X-Amzn-Trace-Id` and without `traceparent` gets a second span in the trace of AWS X-Ray, as Deno's span
 * cannot be moved there. It is linked to Deno's span and is the parent of all later ones.
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
  /** Span that Deno started. */
  readonly span: Span;
  readonly parent: TraceParent;
  /** Whether the client requests the sampling decision. */
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
    // A load balancer sends a trace id without a span id, but a span needs a parent to join a trace.
    spanId: parent.spanId ?? (/[^0]/.test(traceId.slice(16)) ? traceId.slice(16) : traceId.slice(0, 16)),
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
  const around = trace.setSpanContext(context.active(), remote);
  const links = [{ context: span.spanContext() }];
  // A trace that the caller does not record gets no span, but its ids are propagated.
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
      const decision = formatXRayTrace({ traceId, spanId: undefined, sampled: isSampled(own) });
      response.headers.set("X-Amzn-Trace-Id", decision);
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
    // An id that the client chose may be an e-mail address.
    if (ownRequestId || !requestId.includes("@")) span.setAttribute("archway.request_id", requestId);
  }
  return response;
}

/** Adds the attributes that Deno sets on its own span, without client input. */
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

/** Returns the `traceparent` of a span (W3C Trace Context, section 3.2). */
function traceParentOf(span: Span): string {
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-${isSampled(span) ? "01" : "00"}`;
}

function isSampled(span: Span): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

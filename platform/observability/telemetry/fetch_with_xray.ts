import { trace, TraceFlags } from "@opentelemetry/api";
import { formatXRayTrace } from "@archway/server/trace_context.ts";

/**
 * `fetch` that propagates the active span in `X-Amzn-Trace-Id`, for services behind AWS X-Ray. Without a span it equals
 * `fetch`, to which Deno adds `traceparent` by itself.
 */
export function fetchWithXRay(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined) return fetch(input, init);
  const request = new Request(input, init);
  const { traceId, spanId, traceFlags } = span;
  const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  request.headers.set("X-Amzn-Trace-Id", formatXRayTrace({ traceId, spanId, sampled }));
  return fetch(request);
}

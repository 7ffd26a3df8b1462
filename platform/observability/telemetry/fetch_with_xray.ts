import { trace, TraceFlags } from "@opentelemetry/api";
import { formatXRayTrace } from "@archway/server/trace_context.ts";

/**
 * `fetch` for services behind AWS X-Ray: tells them the span that runs by `X-Amzn-Trace-Id`. The platform adds
 * `traceparent` by itself, to every `fetch`; without a span this one is no different.
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

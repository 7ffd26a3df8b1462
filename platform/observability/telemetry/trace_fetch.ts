import { type Attributes, SpanKind } from "@opentelemetry/api";
import { KNOWN_METHODS } from "@archway/server/methods.ts";
import { activeTrace, UnrecordedTrace } from "./tracing/active_trace.ts";
import type { Propagation } from "./tracing/propagation.ts";
import type { RecordedSpan } from "./tracing/recorded_span.ts";
import { newSpanId, newTraceId } from "./tracing/trace_ids.ts";

/**
 * Makes `fetch` pass on the trace of the request or work that calls it, and record a span if the trace is recorded. Called
 * from anywhere else, it passes on that nothing is recorded: the services behind would otherwise record traces whose
 * beginning is missing. Disposing restores it.
 */
export function traceFetch(propagation: Propagation): Disposable {
  const original = globalThis.fetch;
  let isActive = true;

  function fetchTraced(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    if (!isActive) return original(input, init);
    const active = activeTrace.getStore() ?? new UnrecordedTrace(newTraceId(), newSpanId());
    const span = active.isRecorded ? active.child(SpanKind.CLIENT) : undefined;
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    propagation.inject(headers, span ?? active);
    const sent = original(input, { ...init, headers });
    return span === undefined ? sent : recorded(sent, span, {
      url: input instanceof Request ? input.url : String(input),
      method: init?.method ?? (input instanceof Request ? input.method : "GET"),
    });
  }

  globalThis.fetch = fetchTraced;
  return {
    [Symbol.dispose](): void {
      isActive = false;
      // Another package may have replaced it since.
      if (globalThis.fetch === fetchTraced) globalThis.fetch = original;
    },
  };
}

interface Target {
  readonly url: string;
  readonly method: string;
}

/** Records the host of a URL, but no path or query, which may contain anything (OpenTelemetry, "HTTP client spans"). */
async function recorded(
  sent: Promise<Response>,
  span: RecordedSpan,
  { url, method }: Target,
): Promise<Response> {
  const known = KNOWN_METHODS.has(method.toUpperCase()) ? method.toUpperCase() : undefined;
  const attributes: Attributes = { "http.request.method": known ?? "_OTHER" };
  const target = URL.parse(url);
  if (target !== null) {
    attributes["server.address"] = target.hostname;
    attributes["server.port"] = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
  }
  const name = known ?? "HTTP";
  try {
    const response = await sent;
    attributes["http.response.status_code"] = response.status;
    span.end(name, attributes, response.status < 400 ? undefined : String(response.status));
    return response;
  } catch (error) {
    span.end(name, attributes, error instanceof Error ? error.name : "error");
    throw error;
  }
}

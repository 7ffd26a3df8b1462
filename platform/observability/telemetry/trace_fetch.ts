import { type Attributes, SpanKind } from "@opentelemetry/api";
import { KNOWN_METHODS } from "@archway/server/methods.ts";
import { activeTrace } from "./tracing/active_trace.ts";
import type { Propagation } from "./tracing/propagation.ts";
import type { RecordedSpan } from "./tracing/recorded_span.ts";

/**
 * Makes `fetch` pass on the trace of the request or work that calls it, and records a span for it if the trace is
 * recorded. Outside of them it is unchanged. Disposing restores it.
 */
export function traceFetch(propagation: Propagation): Disposable {
  const original = globalThis.fetch;
  let isActive = true;

  function fetchTraced(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const active = activeTrace.getStore();
    if (active === undefined || !isActive) return original(input, init);
    const request = new Request(input, init);
    const span = active.isRecorded ? active.child(SpanKind.CLIENT) : undefined;
    propagation.inject(request.headers, span ?? active);
    return span === undefined ? original(request) : recorded(span, request, original);
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

/** Records the host of a URL, but no path or query, which may contain anything (OpenTelemetry, "HTTP client spans"). */
async function recorded(span: RecordedSpan, request: Request, send: typeof fetch): Promise<Response> {
  const { protocol, hostname, port } = new URL(request.url);
  const method = KNOWN_METHODS.has(request.method) ? request.method : "_OTHER";
  const attributes: Attributes = {
    "http.request.method": method,
    "server.address": hostname,
    "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  };
  const name = method === "_OTHER" ? "HTTP" : method;
  try {
    const response = await send(request);
    attributes["http.response.status_code"] = response.status;
    span.end(name, attributes, response.status < 400 ? undefined : String(response.status));
    return response;
  } catch (error) {
    span.end(name, attributes, error instanceof Error ? error.name : "error");
    throw error;
  }
}

import type { Logger, LogRecord } from "@logtape/logtape";
import { type Exchange, type RequestObserver, responseBytes } from "@archway/server/request_observer.ts";
import { KNOWN_METHODS } from "@archway/server/methods.ts";
import { xrayTraceId } from "@archway/server/trace_context.ts";

/** Health checks, which orchestrators request every few seconds, and files that browsers and crawlers request. */
const ROUTINE = new Set(["/livez", "/readyz", "/healthz", "/favicon.ico", "/robots.txt"]);

/** Template of the line of a request. */
export const REQUEST_LINE = "{method} {route} {status} in {ms} ms";

/**
 * Returns an observer that logs every request when its response is ready: operation, status, duration in milliseconds
 * and ids, but never path, query, headers or body, which are client input. Successful health checks and routine
 * requests of browsers are logged at level "debug".
 */
export function logRequests(logger: Logger): RequestObserver {
  return (serve) => async (exchange): Promise<Response> => {
    const started = performance.now();
    const response = await serve(exchange);
    const { status } = response;
    const level = ROUTINE.has(exchange.route) && status < 500 ? "debug" : "info";
    if (logger.isEnabledFor(level)) {
      // Emits a complete record: parsing the template for every request would double the cost of the line.
      const method = KNOWN_METHODS.has(exchange.method) ? exchange.method : "_OTHER";
      const route = exchange.route || "unmatched";
      const ms = Math.round((performance.now() - started) * 1000) / 1000;
      const record: LogRecord = {
        category: logger.category,
        level,
        rawMessage: REQUEST_LINE,
        message: ["", method, " ", route, " ", status, " in ", ms, " ms"],
        timestamp: Date.now(),
        properties: { method, route, status, ms, ...detailsOf(response, exchange) },
      };
      logger.emit(record);
    }
    return response;
  };
}

function detailsOf(response: Response, exchange: Exchange): Record<string, unknown> {
  const { requestId, problem, principal, traceId, notes } = exchange;
  const details: Record<string, unknown> = { bytes: responseBytes(response, exchange), requestId };
  if (notes !== undefined) Object.assign(details, notes);
  if (problem !== undefined) details["problem"] = problem;
  if (principal !== undefined) details["principal"] = principal.subject;
  if (traceId !== undefined) {
    details["traceId"] = traceId;
    if (exchange.fields.xrayTrace !== null) details["xrayTraceId"] = xrayTraceId(traceId);
  }
  return details;
}

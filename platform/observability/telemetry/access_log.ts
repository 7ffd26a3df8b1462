import type { Logger, LogRecord } from "@logtape/logtape";
import { type Exchange, type RequestObserver, responseBytes } from "@archway/server/request_observer.ts";
import { KNOWN_METHODS } from "@archway/server/methods.ts";
import { xrayTraceId } from "@archway/server/trace_context.ts";

/** What orchestrators ask for every few seconds. */
const HEALTH = new Set(["/livez", "/readyz", "/healthz"]);

const MESSAGE = "{method} {route} {status} in {ms} ms";

/**
 * Logs a line for every request when its answer is there: which operation, how it went, how long it took in
 * milliseconds until the answer was ready to be sent, and the ids to find the rest by. Never the path, the query, a
 * header or a body, for those are the client's. Health is logged at level "debug" while it is well.
 */
export function logRequests(logger: Logger): RequestObserver {
  return (serve) => async (exchange): Promise<Response> => {
    const started = performance.now();
    const response = await serve(exchange);
    const { status } = response;
    const level = HEALTH.has(exchange.route) && status < 500 ? "debug" : "info";
    if (logger.isEnabledFor(level)) {
      // The whole record: taking a template apart for every request costs as much as all the rest of its line.
      const method = KNOWN_METHODS.has(exchange.method) ? exchange.method : "_OTHER";
      const route = exchange.route || "unmatched";
      const ms = Math.round((performance.now() - started) * 1000) / 1000;
      const record: LogRecord = {
        category: logger.category,
        level,
        rawMessage: MESSAGE,
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
  const { requestId, problem, principal, traceId } = exchange;
  const details: Record<string, unknown> = { bytes: responseBytes(response, exchange), requestId };
  if (problem !== undefined) details["problem"] = problem;
  if (principal !== undefined) details["principal"] = principal.subject;
  if (traceId !== undefined) {
    details["traceId"] = traceId;
    if (exchange.request.headers.has("x-amzn-trace-id")) details["xrayTraceId"] = xrayTraceId(traceId);
  }
  return details;
}

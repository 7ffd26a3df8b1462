import type { Logger } from "@logtape/logtape";
import { KNOWN_METHODS } from "../server/methods.ts";
import { type RequestObserver, responseBytes } from "../server/request_observer.ts";
import { xrayTraceId } from "../server/xray_trace.ts";

/** What orchestrators ask for every few seconds. */
const HEALTH = new Set(["/livez", "/readyz", "/healthz"]);

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
      const { traceId } = exchange;
      logger[level]("{method} {route} {status} in {ms} ms", {
        method: KNOWN_METHODS.has(exchange.method) ? exchange.method : "_OTHER",
        route: exchange.route || "unmatched",
        status,
        ms: Math.round((performance.now() - started) * 1000) / 1000,
        bytes: responseBytes(response, exchange),
        requestId: exchange.requestId,
        ...(exchange.problem !== undefined && { problem: exchange.problem }),
        ...(exchange.principal !== undefined && { principal: exchange.principal.subject }),
        ...(traceId !== undefined && { traceId }),
        ...(traceId !== undefined && exchange.request.headers.has("x-amzn-trace-id") && {
          xrayTraceId: xrayTraceId(traceId),
        }),
      });
    }
    return response;
  };
}

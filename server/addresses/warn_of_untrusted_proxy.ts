import type { Logger } from "../logger.ts";
import type { RequestObserver } from "../request_observer.ts";

/** Number of requests checked. A proxy adds its headers to every request, so later ones need no check. */
const MAX_CHECKED = 1000;

/**
 * Creates an observer that warns once of a forwarded request while no proxy is trusted. All clients behind a proxy are
 * then limited as one.
 */
export function warnOfUntrustedProxy(logger: Logger): RequestObserver {
  let left = MAX_CHECKED;
  return (serve) => (exchange) => {
    if (left === 0) return serve(exchange);
    left--;
    const { headers } = exchange.request;
    if (headers.has("Forwarded") || headers.has("X-Forwarded-For")) {
      left = 0;
      logger.warn(
        "Forwarded request without TRUSTED_PROXIES; all clients behind the proxy share one rate limit",
      );
    }
    return serve(exchange);
  };
}

import type { Logger } from "../logger.ts";
import type { RequestObserver } from "../request_observer.ts";

/** A proxy shows in every request that it passes on; who has seen none among so many need not look any more. */
const LOOKED_AT = 1000;

/**
 * Tells once when a request says that it was forwarded though no proxy is trusted: if one is, everybody behind it is
 * counted as one.
 */
export function warnOfProxies(logger: Logger): RequestObserver {
  let left = LOOKED_AT;
  return (serve) => (exchange) => {
    if (left === 0) return serve(exchange);
    left--;
    const { headers } = exchange.request;
    if (headers.has("Forwarded") || headers.has("X-Forwarded-For")) {
      left = 0;
      logger.warn(
        "A request was forwarded: unless TRUSTED_PROXIES names the proxy, all behind it count as one",
      );
    }
    return serve(exchange);
  };
}

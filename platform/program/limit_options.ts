import type { Config } from "@archway/config/config.ts";
import type { Logger } from "@archway/server/logger.ts";
import * as options from "@archway/server/server_options.ts";
import { TrustedProxies, warnOfUntrustedProxy } from "@archway/server/addresses.ts";
import type { OpenRateLimit } from "./open_rate_limit.ts";

/** Dependencies of {@link limitOptions}. */
export interface LimitDependencies {
  readonly rateLimit: OpenRateLimit | undefined;
  readonly logger: Logger;
  /** Whether requests come from a gateway that names their clients, so that no proxy needs to be trusted. */
  readonly hasGateway: boolean;
}

/** Returns the server options for limits: sizes, trusted proxies, CORS and rates. */
export function limitOptions(
  { limits, trustedProxies }: Config,
  { rateLimit, logger, hasGateway }: LimitDependencies,
): readonly options.ServerOption[] {
  const { cors } = limits;
  const warnOfProxy = !hasGateway && rateLimit !== undefined && trustedProxies.length === 0;
  return [
    options.withMaxUrlBytes(limits.maxUrlBytes),
    options.withMaxHeaderBytes(limits.maxHeaderBytes),
    ...(trustedProxies.length > 0 ? [options.withTrustedProxies(new TrustedProxies(trustedProxies))] : []),
    ...(cors ? [options.withCors(cors)] : []),
    ...(rateLimit ? [options.withRateLimit(rateLimit.options)] : []),
    ...(rateLimit?.readiness ? [options.withReadiness(rateLimit.readiness)] : []),
    ...(warnOfProxy ? [options.withObserver(warnOfUntrustedProxy(logger))] : []),
  ];
}

import type { Config } from "@archway/config/config.ts";
import type { Logger } from "@archway/server/logger.ts";
import * as options from "@archway/server/server_options.ts";
import { TrustedProxies, warnOfUntrustedProxy } from "@archway/server/addresses.ts";
import type { OpenRateLimit } from "./open_rate_limit.ts";

/** What the limits need besides their configuration. */
export interface LimitDependencies {
  readonly rateLimit: OpenRateLimit | undefined;
  readonly logger: Logger;
}

/** What stands between clients and the operations. */
export function limitOptions(
  { limits, trustedProxies }: Config,
  { rateLimit, logger }: LimitDependencies,
): readonly options.ServerOption[] {
  const { cors } = limits;
  const unseen = rateLimit !== undefined && trustedProxies.length === 0;
  return [
    options.withMaxUrlBytes(limits.maxUrlBytes),
    options.withMaxHeaderBytes(limits.maxHeaderBytes),
    ...(trustedProxies.length > 0 ? [options.withTrustedProxies(new TrustedProxies(trustedProxies))] : []),
    ...(cors ? [options.withCors(cors)] : []),
    ...(rateLimit ? [options.withRateLimit(rateLimit.settings)] : []),
    ...(rateLimit?.readiness ? [options.withReadiness(rateLimit.readiness)] : []),
    ...(unseen ? [options.withObserver(warnOfUntrustedProxy(logger))] : []),
  ];
}

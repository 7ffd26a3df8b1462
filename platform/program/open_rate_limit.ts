import { type Config, ConfigError } from "@archway/config/config.ts";
import type { Rate, RateLimitConfig } from "@archway/config/rate_limit_config.ts";
import type { HealthCheck, ReadinessCheck } from "@archway/server/health.ts";
import type { Logger } from "@archway/server/logger.ts";
import {
  type RateLimiter,
  type RateLimitOptions,
  type RateLimitPolicy,
  UnknownOperationError,
} from "@archway/server/rate_limit.ts";
import { createMemoryLimiter, createStoreLimiter } from "@archway/server/rate_limiters.ts";

/** What the server needs to limit rates, as long as it is needed. */
export interface OpenRateLimit extends Disposable {
  readonly settings: RateLimitOptions;
  /** How the store is that instances share; undefined: there is none. */
  readonly readiness: ReadinessCheck | undefined;
}

/** Opens what counts requests; undefined: rates are not limited, and nothing that could limit them is loaded. */
export async function openRateLimit({ limits }: Config, logger: Logger): Promise<OpenRateLimit | undefined> {
  const { rateLimit } = limits;
  if (rateLimit === undefined) return undefined;
  const memory = await createMemoryLimiter();
  // Addresses are counted by each instance: what is to spare it work is not to cost it a way to a store.
  const addresses = await createMemoryLimiter();
  if (rateLimit.storeUrl === undefined) {
    return {
      settings: settingsOf(rateLimit, { callers: memory, addresses }),
      readiness: undefined,
      [Symbol.dispose](): void {},
    };
  }
  const store = await createStoreLimiter(rateLimit.storeUrl, {
    insurance: memory,
    onLost: (reason) => logger.warn("Counting requests alone, the store is away: {reason}", { reason }),
    onRegained: () => logger.info("Counting requests in the store again"),
  });
  await store.connect();
  return {
    settings: settingsOf(rateLimit, { callers: store, addresses }),
    readiness: () => Promise.resolve([storeCheck(store.lost)]),
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

/**
 * Builds something with the settings; a rate for an operation that there is not is a fault of the configuration.
 *
 * @throws {ConfigError}
 */
export function withConfigErrors<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof UnknownOperationError)) throw error;
    const reason = `names an operation that no document has; there are ${error.operationIds.join(", ")}`;
    throw new ConfigError([{ variable: "RATE_LIMIT_ROUTES", reason }]);
  }
}

function settingsOf(
  { rate, operations, addressRate }: RateLimitConfig,
  limiters: { readonly callers: RateLimiter; readonly addresses: RateLimiter },
): RateLimitOptions {
  const named = (name: string, { quota, windowSeconds }: Rate): RateLimitPolicy => ({
    name,
    quota,
    windowSeconds,
  });
  return {
    ...limiters,
    policy: named("default", rate),
    operationPolicies: new Map([...operations].map(([id, own]) => [id, named(id, own)])),
    addressPolicy: named("address", addressRate),
  };
}

/** Without the store requests are served and counted: it never makes the service unavailable. */
function storeCheck(lost: boolean): HealthCheck {
  return {
    name: "rate_limit_store",
    status: lost ? "degraded" : "ok",
    ...(lost && { reason: "Each instance counts alone" }),
  };
}

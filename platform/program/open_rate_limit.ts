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

/** Opened rate limiter. Disposing closes the connection to its store. */
export interface OpenRateLimit extends Disposable {
  readonly options: RateLimitOptions;
  /** Health of the shared store; undefined without one. */
  readonly readiness: ReadinessCheck | undefined;
}

/** Opens the rate limiter; undefined if rates are unlimited, and then its modules are not loaded. */
export async function openRateLimit({ limits }: Config, logger: Logger): Promise<OpenRateLimit | undefined> {
  const { rateLimit } = limits;
  if (rateLimit === undefined) return undefined;
  const memory = await createMemoryLimiter();
  // Each instance counts addresses in memory: a limit that protects it from load must not cost a request to the store.
  const addresses = await createMemoryLimiter();
  if (rateLimit.storeUrl === undefined) {
    return {
      options: optionsOf(rateLimit, { callers: memory, addresses }),
      readiness: undefined,
      [Symbol.dispose](): void {},
    };
  }
  const store = await createStoreLimiter(rateLimit.storeUrl, {
    insurance: memory,
    tls: rateLimit.storeTls,
    onBadKey: (reason) =>
      logger.warn("Rate-limit store has a key of another type; counting its caller in memory: {reason}", {
        reason,
      }),
    onLost: (reason) =>
      logger.warn("Rate-limit store unavailable; falling back to in-memory counters: {reason}", { reason }),
    onRegained: () => logger.info("Rate-limit store available again"),
  });
  await store.connect();
  return {
    options: optionsOf(rateLimit, { callers: store, addresses }),
    readiness: () => Promise.resolve([storeCheck(store.lost)]),
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

/**
 * Calls a function, and reports a rate for an unknown operation as a configuration error.
 *
 * @throws {ConfigError}
 */
export function withConfigErrors<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof UnknownOperationError)) throw error;
    const reason = `names an unknown operation; expected one of: ${error.operationIds.join(", ")}`;
    throw new ConfigError([{ variable: "RATE_LIMIT_ROUTES", reason }]);
  }
}

function optionsOf(
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

/** A lost store only degrades the service, which counts in memory instead. */
function storeCheck(lost: boolean): HealthCheck {
  return {
    name: "rate_limit_store",
    status: lost ? "degraded" : "ok",
    ...(lost && { reason: "unavailable; each instance counts in memory" }),
  };
}

import type { PoolConfig } from "@archway/db/postgres/pool_config.ts";

/** Timeouts of a pool for tests of other features, long enough for slow machines. */
export const GENEROUS_TIMEOUTS = {
  connectTimeoutMs: 60_000,
  acquireTimeoutMs: 60_000,
  queueTimeoutMs: 60_000,
} as const satisfies Partial<PoolConfig>;

import type { PoolConfig } from "../db/postgres/pool_config.ts";
import type { Settings } from "./settings.ts";

/** How connections are used, whichever database they lead to. */
export type PoolSettings = Required<
  Pick<
    PoolConfig,
    | "connectTimeoutMs"
    | "acquireTimeoutMs"
    | "queueTimeoutMs"
    | "maxWaiting"
    | "lifetimeMs"
    | "statementTimeoutMs"
    | "transactionTimeoutMs"
  >
>;

/** Reads what `POSTGRES_…` says about connections in general. */
export function parsePoolSettings(settings: Settings): PoolSettings {
  return {
    connectTimeoutMs: positive(settings, "POSTGRES_CONNECT_TIMEOUT", "5s"),
    acquireTimeoutMs: positive(settings, "POSTGRES_ACQUIRE_TIMEOUT", "3s"),
    queueTimeoutMs: positive(settings, "POSTGRES_QUEUE_TIMEOUT", "1s"),
    maxWaiting: settings.integer("POSTGRES_MAX_WAITING", 1000, { min: 0, max: 1_000_000 }),
    lifetimeMs: settings.durationMs("POSTGRES_CONNECTION_LIFETIME", "30m"),
    statementTimeoutMs: settings.durationMs("POSTGRES_STATEMENT_TIMEOUT", "10s"),
    transactionTimeoutMs: settings.durationMs("POSTGRES_TRANSACTION_TIMEOUT", "60s"),
  };
}

/** With no time at all nothing would ever succeed. */
function positive(settings: Settings, variable: string, fallback: string): number {
  const milliseconds = settings.durationMs(variable, fallback);
  if (milliseconds === 0) settings.fault(variable, "must be longer than nothing");
  return milliseconds;
}

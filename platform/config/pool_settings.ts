import type { PoolConfig } from "@archway/db/postgres/pool_config.ts";
import type { DurationOptions } from "@archway/service_kit/settings_reader.ts";
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

/** With no time at all nothing would ever succeed. */
const AT_ALL: DurationOptions = { min: "1ms" };

/** Reads what `POSTGRES_…` says about connections in general. */
export function parsePoolSettings(settings: Settings): PoolSettings {
  return {
    connectTimeoutMs: settings.durationMs("POSTGRES_CONNECT_TIMEOUT", "5s", AT_ALL),
    acquireTimeoutMs: settings.durationMs("POSTGRES_ACQUIRE_TIMEOUT", "3s", AT_ALL),
    queueTimeoutMs: settings.durationMs("POSTGRES_QUEUE_TIMEOUT", "1s", AT_ALL),
    maxWaiting: settings.integer("POSTGRES_MAX_WAITING", 5000, { min: 0, max: 1_000_000 }),
    lifetimeMs: settings.durationMs("POSTGRES_CONNECTION_LIFETIME", "30m"),
    statementTimeoutMs: settings.durationMs("POSTGRES_STATEMENT_TIMEOUT", "10s"),
    transactionTimeoutMs: settings.durationMs("POSTGRES_TRANSACTION_TIMEOUT", "60s"),
  };
}

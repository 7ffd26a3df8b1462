import {
  DEFAULT_DRIVER,
  type DriverName,
  DRIVERS,
  type PoolConfig as DatabasePoolConfig,
} from "@archway/db/postgres/pool_config.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import {
  choiceSetting,
  durationSetting,
  integerSetting,
  textSetting,
} from "@archway/service_kit/setting_types.ts";

/** Timeouts and limits of connections to either kind of database. */
export type PoolConfig =
  & Required<
    Pick<
      DatabasePoolConfig,
      | "connectTimeoutMs"
      | "acquireTimeoutMs"
      | "queueTimeoutMs"
      | "maxWaiting"
      | "lifetimeMs"
      | "idleTimeoutMs"
      | "minConnections"
      | "applicationName"
      | "sessionSql"
      | "statementTimeoutMs"
      | "transactionTimeoutMs"
      | "migrationLockTimeoutMs"
    >
  >
  & {
    readonly driver: DriverName;
  };

const DRIVER = choiceSetting("POSTGRES_DRIVER", DRIVERS, {
  default: DEFAULT_DRIVER,
  description:
    "Client of PostgreSQL's protocol: wire, our own, or the package postgres.js, which takes more processor time.",
});

const CONNECT_TIMEOUT = durationSetting("POSTGRES_CONNECT_TIMEOUT", {
  default: "5s",
  min: "1ms",
  description: "Maximum time to open a connection.",
});
const ACQUIRE_TIMEOUT = durationSetting("POSTGRES_ACQUIRE_TIMEOUT", {
  default: "3s",
  min: "1ms",
  description: "Maximum wait for a connection while none is being released, as during a failover; then 503.",
});
const QUEUE_TIMEOUT = durationSetting("POSTGRES_QUEUE_TIMEOUT", {
  default: "1s",
  min: "1ms",
  description: "Maximum wait for a connection while the pool is saturated; then 503.",
});
export const MAX_WAITING = integerSetting("POSTGRES_MAX_WAITING", {
  default: 5000,
  min: 0,
  max: 1_000_000,
  divided: true,
  description: "Maximum number of requests that wait for a connection to one server; further ones get 503.",
});
const CONNECTION_LIFETIME = durationSetting("POSTGRES_CONNECTION_LIFETIME", {
  default: "30m",
  description: "Maximum connection age (±20 % jitter); 0s disables it.",
});
const IDLE_TIMEOUT = durationSetting("POSTGRES_POOL_IDLE_TIMEOUT", {
  default: "60s",
  description: "Idle time after which a connection is closed; 0s disables it.",
});
export const MIN_CONNECTIONS = integerSetting("POSTGRES_POOL_MIN_CONNS", {
  default: 0,
  min: 0,
  max: 1000,
  divided: true,
  description:
    "Number of connections to each server that are opened in advance and kept although idle, up to its maximum.",
});
const APPLICATION_NAME = textSetting("POSTGRES_APPLICATION_NAME", {
  default: "archway",
  pattern: [/^[\x20-\x7e]{1,63}$/, "must consist of 1 to 63 printable ASCII characters"],
  description: "Name of the sessions in pg_stat_activity and the server's log, such as one per instance.",
});
const SESSION_SQL = textSetting("POSTGRES_SESSION_SQL", {
  type: "SQL",
  example: "SET ROLE app",
  description:
    "Statements that run in every new session; ignored behind a pooler, which shares its sessions.",
});
const STATEMENT_TIMEOUT = durationSetting("POSTGRES_STATEMENT_TIMEOUT", {
  default: "10s",
  description: "Maximum time of a statement, enforced by the server; 0s disables it.",
});
const TRANSACTION_TIMEOUT = durationSetting("POSTGRES_TRANSACTION_TIMEOUT", {
  default: "60s",
  description: "Maximum time of a transaction, enforced by the server; 0s disables it.",
});
const MIGRATE_LOCK_TIMEOUT = durationSetting("MIGRATE_LOCK_TIMEOUT", {
  default: "2s",
  description:
    "Maximum wait of a migration's statement for a lock; the file is rolled back and attempted again, up to 30 times. 0s applies the server's lock_timeout.",
});

export const POOL_SETTINGS = [
  DRIVER,
  CONNECT_TIMEOUT,
  ACQUIRE_TIMEOUT,
  QUEUE_TIMEOUT,
  MAX_WAITING,
  CONNECTION_LIFETIME,
  IDLE_TIMEOUT,
  MIN_CONNECTIONS,
  APPLICATION_NAME,
  SESSION_SQL,
  STATEMENT_TIMEOUT,
  TRANSACTION_TIMEOUT,
  MIGRATE_LOCK_TIMEOUT,
];

/** Reads the timeouts and limits of connections. */
export function readPoolConfig(reader: SettingsReader): PoolConfig {
  return {
    driver: reader.read(DRIVER),
    connectTimeoutMs: reader.read(CONNECT_TIMEOUT),
    acquireTimeoutMs: reader.read(ACQUIRE_TIMEOUT),
    queueTimeoutMs: reader.read(QUEUE_TIMEOUT),
    maxWaiting: reader.read(MAX_WAITING),
    lifetimeMs: reader.read(CONNECTION_LIFETIME),
    idleTimeoutMs: reader.read(IDLE_TIMEOUT),
    minConnections: reader.read(MIN_CONNECTIONS),
    applicationName: reader.read(APPLICATION_NAME),
    sessionSql: reader.read(SESSION_SQL),
    statementTimeoutMs: reader.read(STATEMENT_TIMEOUT),
    transactionTimeoutMs: reader.read(TRANSACTION_TIMEOUT),
    migrationLockTimeoutMs: reader.read(MIGRATE_LOCK_TIMEOUT),
  };
}

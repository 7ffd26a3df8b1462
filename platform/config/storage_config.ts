import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { booleanSetting, durationSetting, secretSetting } from "@archway/service_kit/setting_types.ts";
import { DATABASE_SETTINGS, type DatabaseConfig, readDatabaseConfig } from "./database_config.ts";
import { POOL_SETTINGS, type PoolConfig, readPoolConfig } from "./pool_config.ts";
import { isSecretGenerated } from "./secret_config.ts";

/** Settings of commands that only use the database, such as `migrate`. */
export interface StorageConfig {
  readonly database: DatabaseConfig;
  readonly pool: PoolConfig;
  /** Maximum wait of a read for a replica that its Consistency-Token requires; 0 reads from the primary at once. */
  readonly consistencyMaxWaitMs: number;
  /** Whether a Consistency-Token has a position; undefined if that depends on the replicas. */
  readonly consistencyPositions: boolean | undefined;
  /** Whether the service applies pending migrations itself, or waits until they are applied. */
  readonly migrateOnStart: boolean;
  /** Whether the HMAC secret is generated and stored with the embedded database, not set. */
  readonly generatesSecret: boolean;
}

const CONSISTENCY_MAX_WAIT = durationSetting("CONSISTENCY_MAX_WAIT", {
  default: "50ms",
  max: "10s",
  description:
    "Maximum wait of a read with a Consistency-Token for a replica to catch up, before the primary serves " +
    "it; 0s reads from the primary at once.",
});
const CONSISTENCY_POSITIONS = booleanSetting("CONSISTENCY_POSITIONS", {
  defaultRule: "true with replicas, else false",
  description:
    "Whether a Consistency-Token has the position of the write, which replicas can reach, or makes reads use " +
    "the primary. Set it to true where only other processes have replicas.",
});
const MIGRATE_ON_START = booleanSetting("MIGRATE_ON_START", {
  defaultRule: "true with the embedded database, else false",
  description:
    "Whether to apply pending migrations at start. Without it the service is not ready until the command " +
    "`migrate up` has run.",
});
export const COPY_TO_URL = secretSetting("COPY_TO_URL", {
  example: "postgres://user:password@host:5432/database",
  description:
    "Target of the command `db copy`, instead of --to: a command line is visible to every user of the machine. " +
    "?sslmode= takes the modes of POSTGRES_PRIMARY_TLS.",
});

export const STORAGE_SETTINGS = [
  ...DATABASE_SETTINGS,
  CONSISTENCY_MAX_WAIT,
  CONSISTENCY_POSITIONS,
  ...POOL_SETTINGS,
  MIGRATE_ON_START,
  COPY_TO_URL,
];

/** Reads what a command needs that only uses the database: no secrets that sign, and nothing of serving. */
export function readStorageConfig(reader: SettingsReader): StorageConfig {
  const database = readDatabaseConfig(reader);
  return {
    database,
    pool: readPoolConfig(reader),
    consistencyMaxWaitMs: reader.read(CONSISTENCY_MAX_WAIT),
    consistencyPositions: reader.read(CONSISTENCY_POSITIONS),
    migrateOnStart: readMigrateOnStart(reader, database),
    generatesSecret: database.kind === "embedded" && isSecretGenerated(reader),
  };
}

function readMigrateOnStart(reader: SettingsReader, database: DatabaseConfig): boolean {
  const migrates = reader.readOr(MIGRATE_ON_START, database.kind === "embedded");
  if (migrates && database.kind === "postgres" && database.pooler === "transaction") {
    reader.reject(
      MIGRATE_ON_START,
      "cannot be true with POSTGRES_POOLER=transaction; run migrations without the pooler",
    );
  }
  return migrates;
}

import type { InstanceConfig, Pooler, ReaderPolicy } from "@archway/db/postgres/pool_config.ts";
import type { Setting, SettingsReader } from "@archway/service_kit/setting.ts";
import {
  choiceSetting,
  durationSetting,
  integerSetting,
  textSetting,
} from "@archway/service_kit/setting_types.ts";
import { type PrimaryServers, readPrimary, readReplica } from "./read_servers.ts";
import { DATABASE_URL, PRIMARY, replicaSettings, settingsOfServer } from "./server_settings.ts";

/** PostgreSQL inside the program. */
export interface EmbeddedConfig {
  readonly kind: "embedded";
  /** Path of its data directory. */
  readonly dataDirectory: string;
}

/** External PostgreSQL. */
export interface PostgresConfig {
  readonly kind: "postgres";
  /** The server that takes writes, or candidates of which one does. */
  readonly primary: PrimaryServers;
  readonly replicas: readonly InstanceConfig[];
  readonly pooler: Pooler;
  /** Number of statements that the pooler prepares for each connection; 0 for none. */
  readonly poolerStatements: number;
  readonly readerPolicy: ReaderPolicy;
  readonly replicaMaxLagMs: number;
  readonly replicaProbeTimeoutMs: number;
}

/** Database that stores the data. */
export type DatabaseConfig = EmbeddedConfig | PostgresConfig;

/** Maximum number of replicas; more are surely a mistake. */
const MAX_REPLICAS = 64;

/** Numbers up to here are searched for replicas that a gap would hide. */
const MAX_NUMBERS = 256;

const DATA_DIRECTORY = textSetting("EMBEDDED_DATA_DIR", {
  default: ".archway",
  type: "path",
  description: "Data directory of the embedded database and of its secret.",
});
const POOLER = choiceSetting("POSTGRES_POOLER", ["none", "transaction"], {
  default: "none",
  description:
    "Pooler between this program and its servers: transaction for one that assigns a session per " +
    "transaction, such as PgBouncer with pool_mode=transaction.",
});
const POOLER_STATEMENTS = integerSetting("POSTGRES_POOLER_PREPARED_STATEMENTS", {
  default: 0,
  min: 0,
  max: 10_000,
  description:
    "Maximum number of prepared statements of a connection behind the pooler, not with POSTGRES_DRIVER=postgres.js: that of its " +
    "max_prepared_statements, which PgBouncer has from 1.21 on. 0 prepares none.",
});
const READER_POLICY = choiceSetting("POSTGRES_READER_POLICY", ["least-loaded", "random"], {
  default: "least-loaded",
  description: "Choice of the replica for a read: the less busy of two random replicas, or any at random.",
});
const MAX_LAG = durationSetting("POSTGRES_REPLICA_MAX_LAG", {
  default: "10s",
  description: "Maximum replication lag of a replica that serves reads.",
});
const PROBE_TIMEOUT = durationSetting("POSTGRES_REPLICA_PROBE_TIMEOUT", {
  default: "2s",
  min: "1ms",
  aliases: ["POSTGRES_REPLICA_PATIENCE"],
  description:
    "Health-probe timeout before a replica is taken out, with one probe a second; also the timeout of " +
    "/readyz for the primary.",
});

/** Settings that need an external PostgreSQL. */
const OF_SERVERS = [POOLER, POOLER_STATEMENTS, READER_POLICY, MAX_LAG, PROBE_TIMEOUT];

const OF_FIRST_REPLICA = settingsOfServer(replicaSettings(0));

export const DATABASE_SETTINGS: readonly Setting<unknown>[] = [
  DATA_DIRECTORY,
  DATABASE_URL,
  ...settingsOfServer(PRIMARY),
  ...OF_FIRST_REPLICA,
  ...OF_SERVERS,
];

/** Reads which database stores the data: the embedded one unless a primary is configured. */
export function readDatabaseConfig(reader: SettingsReader): DatabaseConfig {
  const replicas = numberedReplicas(reader);
  if (!reader.isSet(PRIMARY.host) && !reader.isSet(DATABASE_URL)) {
    refuseLeftovers(reader, replicas);
    return { kind: "embedded", dataDirectory: reader.read(DATA_DIRECTORY) };
  }
  const primary = readPrimary(reader);
  return {
    kind: "postgres",
    primary,
    replicas: replicas.map((number) => readReplica(reader, number, primary[0])),
    pooler: reader.read(POOLER),
    poolerStatements: reader.read(POOLER_STATEMENTS),
    readerPolicy: reader.read(READER_POLICY),
    replicaMaxLagMs: reader.read(MAX_LAG),
    replicaProbeTimeoutMs: reader.read(PROBE_TIMEOUT),
  };
}

/** Names of the settings of any replica, before and after its number. */
const OF_ANY_REPLICA = OF_FIRST_REPLICA.map(({ name, aliases, secret }) => ({
  parts: name.split("_0_"),
  ...{ aliases, secret },
}));

/**
 * Whether a variable of a replica is set. At every start most numbers are not in use, thousands of variables, so that it
 * creates no settings.
 */
function isReplicaMentioned(reader: SettingsReader, number: number): boolean {
  return OF_ANY_REPLICA.some(({ parts, aliases, secret }) =>
    reader.isSet({ name: parts.join(`_${number}_`), aliases, secret })
  );
}

/** Returns the numbers of the replicas. A gap is reported, since replicas behind it would be overlooked. */
function numberedReplicas(reader: SettingsReader): readonly number[] {
  const mentioned = Array.from({ length: MAX_NUMBERS }, (_, number) => number)
    .filter((number) => isReplicaMentioned(reader, number));
  const allowed = mentioned.filter((number) => number < MAX_REPLICAS);
  for (const number of mentioned.slice(allowed.length)) {
    reader.reject(
      replicaSettings(number).host,
      `exceeds the limit of ${MAX_REPLICAS} replicas, which are numbered from 0`,
    );
  }
  allowed.forEach((number, index) => {
    if (number === index) return;
    reader.reject(
      replicaSettings(number).host,
      `is numbered with a gap: ${replicaSettings(index).host.name} is not set`,
    );
  });
  return allowed;
}

/** Reports settings of servers without a primary: they would be ignored, and data would go to the embedded database. */
function refuseLeftovers(reader: SettingsReader, replicas: readonly number[]): void {
  if (settingsOfServer(PRIMARY).some((setting) => reader.isSet(setting))) {
    reader.reject(PRIMARY.host, "or DATABASE_URL is required with other POSTGRES_PRIMARY_ variables");
  }
  const others = OF_SERVERS.filter((setting) => reader.isSet(setting));
  for (const setting of [...replicas.map((number) => replicaSettings(number).host), ...others]) {
    reader.reject(setting, `needs ${PRIMARY.host.name} or ${DATABASE_URL.name}`);
  }
}

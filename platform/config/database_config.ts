import type { InstanceConfig, Pooler, ReaderPolicy, TlsConfig } from "@archway/db/postgres/pool_config.ts";
import { parsePrimaryHosts, type PrimaryHosts } from "./primary_hosts.ts";
import type { Settings } from "./settings.ts";

/** PostgreSQL inside the program. */
export interface EmbeddedConfig {
  readonly kind: "embedded";
  /** Where its files are kept. */
  readonly dataDirectory: string;
}

/** PostgreSQL beside the program. */
export interface PostgresConfig {
  readonly kind: "postgres";
  /** The server that takes writes, or those of which one does. */
  readonly primary: PrimaryHosts;
  readonly replicas: readonly InstanceConfig[];
  readonly pooler: Pooler;
  readonly readerPolicy: ReaderPolicy;
  readonly replicaMaxLagMs: number;
  readonly replicaProbeTimeoutMs: number;
}

/** Which database keeps the data. */
export type DatabaseConfig = EmbeddedConfig | PostgresConfig;

/** More replicas than this are surely a mistake. */
const MAX_REPLICAS = 64;

/** Up to here it is looked for replicas that are numbered wrongly, and would be overlooked. */
const MAX_NUMBERS = 256;

/** What has no meaning without a server. */
const OF_SERVERS = [
  "POSTGRES_POOLER",
  "POSTGRES_READER_POLICY",
  "POSTGRES_REPLICA_MAX_LAG",
  "POSTGRES_REPLICA_PATIENCE",
];

/** Reads `POSTGRES_…`: the embedded database where no primary host is named. */
export function parseDatabaseConfig(settings: Settings): DatabaseConfig {
  const replicas = replicaPrefixes(settings);
  if (settings.text("POSTGRES_PRIMARY_HOST") === undefined) {
    refuseLeftovers(settings, replicas);
    return { kind: "embedded", dataDirectory: settings.text("EMBEDDED_DATA_DIR") ?? ".archway" };
  }
  const primary = parsePrimaryHosts(settings, () => parseAccess(settings, "POSTGRES_PRIMARY_"));
  // A replica is a copy: what is not said of it is as it is with the primary.
  return {
    kind: "postgres",
    primary,
    replicas: replicas.map((prefix) => parseReplica(settings, prefix, primary[0])),
    pooler: settings.oneOf<Pooler>("POSTGRES_POOLER", "none", ["none", "transaction"]),
    readerPolicy: settings.oneOf<ReaderPolicy>("POSTGRES_READER_POLICY", "least-loaded", [
      "least-loaded",
      "random",
    ]),
    replicaMaxLagMs: settings.durationMs("POSTGRES_REPLICA_MAX_LAG", "10s"),
    // With none at all no replica would ever be used.
    replicaProbeTimeoutMs: settings.durationMs("POSTGRES_REPLICA_PATIENCE", "2s", { min: "1ms" }),
  };
}

function parseReplica(settings: Settings, prefix: string, model: InstanceConfig): InstanceConfig {
  return {
    ...parseAccess(settings, prefix, model),
    host: settings.requiredText(`${prefix}HOST`),
    port: settings.integer(`${prefix}PORT`, model.port, { min: 1, max: 65_535 }),
  };
}

/** Everything but where the server is. */
function parseAccess(
  settings: Settings,
  prefix: string,
  model?: InstanceConfig,
): Omit<InstanceConfig, "host" | "port"> {
  const tls = parseTls(settings, prefix, model?.tls);
  return {
    user: settings.text(`${prefix}USER`) ?? model?.user ?? settings.requiredText(`${prefix}USER`),
    password: parsePassword(settings, `${prefix}PASSWORD`, model),
    database: settings.text(`${prefix}DATABASE`) ?? model?.database ??
      settings.requiredText(`${prefix}DATABASE`),
    maxConnections: settings.integer(`${prefix}POOL_MAX_CONNS`, model?.maxConnections ?? 10, {
      min: 1,
      max: 1000,
    }),
    ...(tls !== undefined && { tls }),
  };
}

function parsePassword(settings: Settings, variable: string, model: InstanceConfig | undefined): string {
  return model === undefined
    ? settings.requiredSecret(variable)
    : settings.secret(variable) ?? model.password;
}

const TLS_MODES: Readonly<Record<string, TlsConfig | undefined>> = {
  disable: undefined,
  require: { verify: false },
  "verify-full": { verify: true },
};

function parseTls(settings: Settings, prefix: string, model: TlsConfig | undefined): TlsConfig | undefined {
  const mode = settings.oneOf(`${prefix}TLS`, "inherit", ["inherit", ...Object.keys(TLS_MODES)]);
  return mode === "inherit" ? model : TLS_MODES[mode];
}

const FIELDS = ["HOST", "PORT", "USER", "PASSWORD", "PASSWORD_FILE", "DATABASE", "POOL_MAX_CONNS", "TLS"];

function isMentioned(settings: Settings, prefix: string): boolean {
  return FIELDS.some((field) => settings.text(prefix + field) !== undefined);
}

/** The replicas' prefixes, numbered from 0; a gap in the numbers is a fault, for the rest would be overlooked. */
function replicaPrefixes(settings: Settings): readonly string[] {
  const prefixes = Array.from({ length: MAX_NUMBERS }, (_, index) => `POSTGRES_REPLICA_${index}_`);
  const mentioned = prefixes.filter((prefix) => isMentioned(settings, prefix));
  const tooMany = mentioned.filter((prefix) => prefixes.indexOf(prefix) >= MAX_REPLICAS);
  for (const prefix of tooMany) {
    settings.reject(
      `${prefix}HOST`,
      `is one too many: ${MAX_REPLICAS} replicas, numbered from 0, are the most`,
    );
  }
  const allowed = mentioned.filter((prefix) => !tooMany.includes(prefix));
  allowed.forEach((prefix, index) => {
    if (prefix === prefixes[index]) return;
    settings.reject(`${prefix}HOST`, `is numbered with a gap: ${prefixes[index]}HOST is not set`);
  });
  return allowed;
}

/** Without a host the rest would silently be ignored, and data would go where nobody looks for it. */
function refuseLeftovers(settings: Settings, replicas: readonly string[]): void {
  if (isMentioned(settings, "POSTGRES_PRIMARY_")) {
    settings.reject("POSTGRES_PRIMARY_HOST", "is required beside other POSTGRES_PRIMARY_ variables");
  }
  const others = OF_SERVERS.filter((variable) => settings.text(variable) !== undefined);
  for (const variable of [...replicas.map((prefix) => `${prefix}HOST`), ...others]) {
    settings.reject(variable, "needs POSTGRES_PRIMARY_HOST");
  }
}

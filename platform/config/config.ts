import type { AddressRange } from "@archway/server/addresses.ts";
import type { LogFormat, LogLevel } from "@archway/server/logger.ts";
import type { ConfiguredService, ServiceModule } from "@archway/service_kit/service_module.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import {
  booleanSetting,
  choiceSetting,
  durationSetting,
  MAX_RETENTION,
  secretSetting,
  textSetting,
} from "@archway/service_kit/setting_types.ts";
import { type AdminConfig, readAdminConfig } from "./admin_config.ts";
import { type AdmissionConfig, readAdmissionConfig } from "./admission_config.ts";
import { type AuthConfig, isPrivate, readAuthConfig } from "./auth_config.ts";
import { type DatabaseConfig, readDatabaseConfig } from "./database_config.ts";
import { type EnvironmentLookup, EnvironmentReader, type SettingError } from "./environment_reader.ts";
import { type HttpConfig, readHttpConfig } from "./http_config.ts";
import { type LambdaConfig, readLambdaConfig } from "./lambda_config.ts";
import { type LimitConfig, readLimitConfig } from "./limit_config.ts";
import { type ListenerConfig, readListenerConfig } from "./listener_config.ts";
import { type PoolConfig, readPoolConfig } from "./pool_config.ts";
import { readSecretConfig, type SecretConfig } from "./secret_config.ts";
import { readTelemetryConfig, type TelemetryConfig } from "./telemetry_config.ts";
import { divideLimits, type Share } from "./divide_limits.ts";
import { readTrustedProxies } from "./trusted_proxies.ts";
import { readSupervisorConfig, type SupervisorConfig } from "./supervisor_config.ts";
import { readWorkersConfig, type WorkersConfig } from "./workers_config.ts";

/** Configuration of the program; docs/configuration.md describes every setting. */
export interface Config extends HttpConfig, SecretConfig {
  readonly database: DatabaseConfig;
  readonly pool: PoolConfig;
  readonly workers: WorkersConfig;
  readonly lambda: LambdaConfig;
  /** File with further variables; undefined if there is none. */
  readonly settingsFile: string | undefined;
  /** Maximum wait of a read for a replica that its Consistency-Token requires; 0 reads from the primary at once. */
  readonly consistencyMaxWaitMs: number;
  /** Whether a Consistency-Token has a position; undefined if that depends on the replicas. */
  readonly consistencyPositions: boolean | undefined;
  /** Whether the service applies pending migrations itself, or waits until they are applied. */
  readonly migrateOnStart: boolean;
  /** Retention of the response to a request with an Idempotency-Key. */
  readonly idempotencyTtlMs: number;
  readonly auth: AuthConfig;
  readonly trustedProxies: readonly AddressRange[];
  readonly listener: ListenerConfig;
  /** Load shedding; disabled if undefined. */
  readonly admission: AdmissionConfig | undefined;
  readonly limits: LimitConfig;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Time from which statements are logged as slow, in milliseconds; 0 for none. */
  readonly slowStatementMs: number;
  /** Supervisor to notify; undefined if there is none. */
  readonly supervisor: SupervisorConfig | undefined;
  /** Admin server; not started if undefined. */
  readonly admin: AdminConfig | undefined;
  readonly telemetry: TelemetryConfig;
  readonly validateResponses: boolean;
  /** The services, in the order of services.ts, with their own settings. */
  readonly services: readonly ConfiguredService[];
}

export const SETTINGS_FILE = textSetting("SETTINGS_FILE", {
  type: "path",
  example: "/etc/archway.env",
  description:
    "File with further variables, a line NAME=value for each, the value with or without quotes; those of the environment " +
    "take precedence. With WORKERS it is read again on SIGHUP.",
});
export const CONSISTENCY_MAX_WAIT = durationSetting("CONSISTENCY_MAX_WAIT", {
  default: "50ms",
  max: "10s",
  description:
    "Maximum wait of a read with a Consistency-Token for a replica to catch up, before the primary serves " +
    "it; 0s reads from the primary at once.",
});
export const CONSISTENCY_POSITIONS = booleanSetting("CONSISTENCY_POSITIONS", {
  defaultRule: "true with replicas, else false",
  description:
    "Whether a Consistency-Token has the position of the write, which replicas can reach, or makes reads use " +
    "the primary. Set it to true where only other processes have replicas.",
});
export const MIGRATE_ON_START = booleanSetting("MIGRATE_ON_START", {
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
export const IDEMPOTENCY_TTL = durationSetting("IDEMPOTENCY_TTL", {
  default: "24h",
  min: "1ms",
  max: MAX_RETENTION,
  description:
    "Retention of the response to a request with an Idempotency-Key. For as long again the key is rejected " +
    "as expired.",
});
export const LOG_LEVEL = choiceSetting<LogLevel>("LOG_LEVEL", [
  "trace",
  "debug",
  "info",
  "warning",
  "error",
  "off",
], {
  default: "info",
  synonyms: { warn: "warning" },
  description: "Minimum level of logged lines; off for none.",
});
export const LOG_FORMAT = choiceSetting<LogFormat>("LOG_FORMAT", ["otel", "ecs", "gcp"], {
  default: "otel",
  description: "Names of the fields of lines: OpenTelemetry's, Elastic Common Schema's or Google Cloud's.",
});
export const LOG_SLOW_STATEMENTS = durationSetting("LOG_SLOW_STATEMENTS", {
  default: "0s",
  description:
    "Duration from which a statement is logged with its text but without values, at level warning; 0s disables it.",
});
export const VALIDATE_RESPONSES = booleanSetting("VALIDATE_RESPONSES", {
  default: false,
  description: "Whether to validate responses against the OpenAPI document; `deno task dev` sets it.",
});

/** Invalid configuration, with all errors by variable and without values. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly errors: readonly SettingError[]) {
    super(
      `Invalid configuration:\n${errors.map(({ variable, reason }) => `  ${variable} ${reason}`).join("\n")}`,
    );
  }
}

/** Options of {@link parseConfig}. */
export interface ConfigOptions {
  /**
   * Whether the program serves requests, which requires the settings of authentication; other commands only use the
   * database.
   *
   * @default {true}
   */
  readonly serves?: boolean;
  /** Services whose settings are read too. @default {[]} */
  readonly services?: readonly ServiceModule[];
  /**
   * Process whose part of the limits is returned. If undefined, all of the limits are, after a check that they can be
   * divided by WORKERS.
   */
  readonly share?: Share | undefined;
}

/**
 * Reads the configuration from the environment.
 *
 * @throws {ConfigError} for missing and invalid settings.
 */
export function parseConfig(lookup: EnvironmentLookup, options: ConfigOptions = {}): Config {
  const reader = new EnvironmentReader(lookup);
  const config = readConfig(reader, options);
  if (reader.errors.length > 0) throw new ConfigError(reader.errors);
  return config;
}

/** Reads the configuration. The reader collects the errors. */
export function readConfig(
  reader: SettingsReader,
  { serves = true, services = [], share }: ConfigOptions = {},
): Config {
  const config = readTotals(reader, { serves, services });
  if (share !== undefined) return divideLimits(config, { reader, share });
  if (serves) divideLimits(config, { reader, share: { index: 0, count: config.workers.count } });
  return config;
}

/** Reads the configuration with the limits of all processes together. */
function readTotals(
  reader: SettingsReader,
  { serves, services }: { readonly serves: boolean; readonly services: readonly ServiceModule[] },
): Config {
  const database = readDatabaseConfig(reader);
  const http = readHttpConfig(reader);
  const trustedProxies = readTrustedProxies(reader);
  const exposure = { database, host: http.host, publicUrl: http.publicUrl, trustedProxies };
  return {
    ...http,
    ...readSecretConfig(reader, { required: database.kind === "postgres" }),
    database,
    pool: readPoolConfig(reader),
    settingsFile: reader.read(SETTINGS_FILE),
    workers: readWorkersConfig(reader, { isEmbedded: database.kind === "embedded" }),
    lambda: readLambdaConfig(reader),
    consistencyMaxWaitMs: reader.read(CONSISTENCY_MAX_WAIT),
    consistencyPositions: reader.read(CONSISTENCY_POSITIONS),
    migrateOnStart: readMigrateOnStart(reader, database),
    idempotencyTtlMs: reader.read(IDEMPOTENCY_TTL),
    auth: serves ? readAuthConfig(reader, exposure) : { kind: "none" },
    trustedProxies,
    listener: readListenerConfig(reader, http.host),
    admission: readAdmissionConfig(reader),
    limits: readLimitConfig(reader, { isPrivate: isPrivate(exposure) }),
    logLevel: reader.read(LOG_LEVEL),
    logFormat: reader.read(LOG_FORMAT),
    slowStatementMs: reader.read(LOG_SLOW_STATEMENTS),
    supervisor: readSupervisorConfig(reader),
    admin: readAdminConfig(reader),
    telemetry: readTelemetryConfig(reader),
    validateResponses: reader.read(VALIDATE_RESPONSES),
    services: services.map((service) => service.configure(reader)),
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

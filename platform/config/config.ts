import type { AddressRange } from "@archway/server/addresses.ts";
import type { LogFormat, LogLevel } from "@archway/server/logger.ts";
import type { ConfiguredService, ServiceModule } from "@archway/service_kit/service_module.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import {
  booleanSetting,
  choiceSetting,
  durationSetting,
  MAX_RETENTION,
  textSetting,
} from "@archway/service_kit/setting_types.ts";
import type { TelemetryExport } from "@archway/service_kit/telemetry_export.ts";
import { type AdminConfig, readAdminConfig } from "./admin_config.ts";
import { type AdmissionConfig, readAdmissionConfig } from "./admission_config.ts";
import { type AuthConfig, isPrivate, readAuthConfig } from "./auth_config.ts";
import { type EnvironmentLookup, EnvironmentReader, type SettingError } from "./environment_reader.ts";
import { type HttpConfig, readHttpConfig, SHUTDOWN_TIMEOUT } from "./http_config.ts";
import { type LambdaConfig, readLambdaConfig } from "./lambda_config.ts";
import { type LimitConfig, readLimitConfig } from "./limit_config.ts";
import { type ListenerConfig, readListenerConfig } from "./listener_config.ts";
import { readStorageConfig, type StorageConfig } from "./storage_config.ts";
import { readSecretConfig, type SecretConfig } from "./secret_config.ts";
import { readTelemetryConfig } from "./telemetry_config.ts";
import { divideLimits, type Share } from "./divide_limits.ts";
import { readTrustedProxies } from "./trusted_proxies.ts";
import { readSupervisorConfig, type SupervisorConfig } from "./supervisor_config.ts";
import { readWorkersConfig, type WorkersConfig } from "./workers_config.ts";

/** Settings of a program that does the work of its services, with or without serving their APIs. */
export interface WorkConfig extends StorageConfig, SecretConfig {
  /** File with further variables; undefined if there is none. */
  readonly settingsFile: string | undefined;
  /** Retention of the response to a request with an Idempotency-Key. */
  readonly idempotencyTtlMs: number;
  /** Maximum time for work in progress when the program stops. */
  readonly drainTimeoutMs: number;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Time from which statements are logged as slow, in milliseconds; 0 for none. */
  readonly slowStatementMs: number;
  /** Supervisor to notify; undefined if there is none. */
  readonly supervisor: SupervisorConfig | undefined;
  /** Admin server; not started if undefined. */
  readonly admin: AdminConfig | undefined;
  readonly telemetry: TelemetryExport;
  /** The services, in the order of services.ts, with their own settings. */
  readonly services: readonly ConfiguredService[];
}

/** Configuration of the program that serves; docs/configuration.md describes every setting. */
export interface Config extends HttpConfig, WorkConfig {
  readonly workers: WorkersConfig;
  readonly lambda: LambdaConfig;
  readonly auth: AuthConfig;
  readonly trustedProxies: readonly AddressRange[];
  readonly listener: ListenerConfig;
  /** Load shedding; disabled if undefined. */
  readonly admission: AdmissionConfig | undefined;
  readonly limits: LimitConfig;
  readonly validateResponses: boolean;
}

export const SETTINGS_FILE = textSetting("SETTINGS_FILE", {
  type: "path",
  example: "/etc/archway.env",
  description:
    "File with further variables, a line NAME=value for each, the value with or without quotes; those of the environment " +
    "take precedence. With WORKERS it is read again on SIGHUP.",
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

/** Reads the configuration of a program that serves. The reader collects the errors. */
export function readConfig(reader: SettingsReader, { services = [], share }: ConfigOptions = {}): Config {
  const config = readTotals(reader, services);
  if (share !== undefined) return divideLimits(config, { reader, share });
  divideLimits(config, { reader, share: { index: 0, count: config.workers.count } });
  return config;
}

/** Reads what background work needs, without the settings of serving. The reader collects the errors. */
export function readWorkConfig(
  reader: SettingsReader,
  { services = [] }: Pick<ConfigOptions, "services"> = {},
): WorkConfig {
  const storage = readStorageConfig(reader);
  return {
    ...storage,
    ...readSecretConfig(reader, { required: storage.database.kind === "postgres" }),
    settingsFile: reader.read(SETTINGS_FILE),
    idempotencyTtlMs: reader.read(IDEMPOTENCY_TTL),
    drainTimeoutMs: reader.read(SHUTDOWN_TIMEOUT),
    logLevel: reader.read(LOG_LEVEL),
    logFormat: reader.read(LOG_FORMAT),
    slowStatementMs: reader.read(LOG_SLOW_STATEMENTS),
    supervisor: readSupervisorConfig(reader),
    admin: readAdminConfig(reader),
    telemetry: readTelemetryConfig(reader),
    services: services.map((service) => service.configure(reader)),
  };
}

/** Reads the configuration with the limits of all processes together. */
function readTotals(reader: SettingsReader, services: readonly ServiceModule[]): Config {
  const work = readWorkConfig(reader, { services });
  const { database } = work;
  const http = readHttpConfig(reader);
  const trustedProxies = readTrustedProxies(reader);
  const exposure = { database, host: http.host, publicUrl: http.publicUrl, trustedProxies };
  return {
    ...work,
    ...http,
    workers: readWorkersConfig(reader, { isEmbedded: database.kind === "embedded" }),
    lambda: readLambdaConfig(reader),
    auth: readAuthConfig(reader, exposure),
    trustedProxies,
    listener: readListenerConfig(reader, http.host),
    admission: readAdmissionConfig(reader),
    limits: readLimitConfig(reader, { isPrivate: isPrivate(exposure) }),
    validateResponses: reader.read(VALIDATE_RESPONSES),
  };
}

import type { AddressRange } from "@archway/server/addresses.ts";
import { type AdmissionConfig, parseAdmissionSettings } from "./admission_settings.ts";
import { type AuthConfig, isPrivate, parseAuthConfig } from "./auth_config.ts";
import { type AdminConfig, parseAdminConfig } from "./admin_config.ts";
import { type DatabaseConfig, parseDatabaseConfig } from "./database_config.ts";
import { type ListenerConfig, parseListenerSettings } from "./listener_settings.ts";
import { type LimitConfig, parseLimitSettings } from "./limit_settings.ts";
import { parsePoolSettings, type PoolSettings } from "./pool_settings.ts";
import type { LogLevel } from "@archway/server/logger.ts";
import type { ConfiguredService, ServiceModule } from "@archway/service_kit/service_module.ts";
import { type DurationText, MAX_RETENTION } from "@archway/service_kit/settings_reader.ts";
import { type ConfigFault, type EnvironmentLookup, Settings } from "./settings.ts";
import { parseTrustedProxies } from "./trusted_proxies.ts";

/** Everything that can be configured; .env.example says what each is for. */
export interface Config {
  readonly database: DatabaseConfig;
  readonly pool: PoolSettings;
  /** How long a read with a Consistency-Token waits for a replica before the primary reads; 0: not at all. */
  readonly consistencyMaxWaitMs: number;
  /** Whether the service applies pending migrations itself, or waits until somebody has. */
  readonly migrateOnStart: boolean;
  /** What cursors and tokens are signed with, newest first; undefined: embedded, the program makes and keeps its own. */
  readonly hmacSecrets: readonly [string, ...string[]] | undefined;
  readonly cursorTtlSeconds: number;
  /** How long the answer to a request with an Idempotency-Key is given again. */
  readonly idempotencyTtlMs: number;
  /** How callers are known. */
  readonly auth: AuthConfig;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** What clients see in front of the path; undefined: what the request says. */
  readonly publicUrl: URL | undefined;
  /** Addresses and networks of the proxies that are believed. */
  readonly trustedProxies: readonly AddressRange[];
  /** How clients reach it: through a guard, with TLS. */
  readonly listener: ListenerConfig;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  /** Undefined: everybody is let in. */
  readonly admission: AdmissionConfig | undefined;
  readonly drainWaitMs: number;
  readonly drainTimeoutMs: number;
  readonly maxBodyBytes: number;
  /** What stands between clients and the operations. */
  readonly limits: LimitConfig;
  readonly logLevel: LogLevel;
  /** Where the metrics are served; undefined: nowhere. */
  readonly admin: AdminConfig | undefined;
  readonly validateResponses: boolean;
  /** The services, in the order of services.ts, with their own settings. */
  readonly services: readonly ConfiguredService[];
}

/** A configuration that cannot be used: every fault at once, by the variable's name, never with its value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly faults: readonly ConfigFault[]) {
    super(
      `Invalid configuration:\n${faults.map(({ variable, reason }) => `  ${variable} ${reason}`).join("\n")}`,
    );
  }
}

/** The fewest bytes of an HMAC secret: the length of a SHA-256 (RFC 2104, section 3). */
const MIN_SECRET_BYTES = 32;

/** What the configuration is for. */
export interface ParseConfigOptions {
  /**
   * Whether requests are to be answered, and not only the database worked on: then callers have to be known.
   * @default {true}
   */
  readonly serves?: boolean;
  /** Services whose settings are read too. @default {[]} */
  readonly services?: readonly ServiceModule[];
}

/**
 * Reads the configuration.
 *
 * @throws {ConfigError} when anything is missing or wrong.
 */
export function parseConfig(
  lookup: EnvironmentLookup,
  { serves = true, services = [] }: ParseConfigOptions = {},
): Config {
  const settings = new Settings(lookup);
  const database = parseDatabaseConfig(settings);
  const host = settings.text("HOST") ?? "127.0.0.1";
  const publicUrl = settings.url("PUBLIC_URL");
  const trustedProxies = parseTrustedProxies(settings);
  const surroundings = { database, host, publicUrl, trustedProxies };
  const config: Config = {
    database,
    pool: parsePoolSettings(settings),
    consistencyMaxWaitMs: settings.durationMs("CONSISTENCY_MAX_WAIT", "50ms", {
      max: MOST_CONSISTENCY_WAIT,
    }),
    migrateOnStart: parseMigrateOnStart(settings, database),
    hmacSecrets: parseSecrets(settings, database.kind),
    cursorTtlSeconds: parseCursorTtl(settings),
    idempotencyTtlMs: settings.durationMs("IDEMPOTENCY_TTL", "24h", { min: "1ms", max: MAX_RETENTION }),
    auth: serves ? parseAuthConfig(settings, surroundings) : { kind: "none" },
    host,
    port: settings.integer("PORT", 8080, { min: 0, max: 65_535 }),
    publicUrl,
    trustedProxies,
    listener: parseListenerSettings(settings, host),
    readTimeoutMs: settings.durationMs("READ_TIMEOUT", "15s", { min: "1ms" }),
    writeTimeoutMs: settings.durationMs("WRITE_TIMEOUT", "30s", { min: "1ms" }),
    admission: parseAdmissionSettings(settings),
    drainWaitMs: settings.durationMs("SHUTDOWN_WAIT", "0s"),
    drainTimeoutMs: settings.durationMs("SHUTDOWN_TIMEOUT", "10s"),
    maxBodyBytes: settings.integer("MAX_BODY_BYTES", 1_048_576, { min: 1024, max: 1_073_741_824 }),
    limits: parseLimitSettings(settings, { isPrivate: isPrivate(surroundings) }),
    logLevel: settings.oneOf("LOG_LEVEL", "info", ["debug", "info", "warning", "error"]),
    admin: parseAdminConfig(settings),
    validateResponses: settings.oneOf("VALIDATE_RESPONSES", "false", ["true", "false"]) === "true",
    services: services.map((service) => service.configure(settings)),
  };
  if (settings.faults.length > 0) throw new ConfigError(settings.faults);
  return config;
}

/** It is meant to be shorter than what a client notices; longer than this it is surely a mistake. */
const MOST_CONSISTENCY_WAIT: DurationText = "10s";

function parseCursorTtl(settings: Settings): number {
  return Math.floor(settings.durationMs("CURSOR_TTL", "24h", { min: "1s", max: MAX_RETENTION }) / 1000);
}

function parseMigrateOnStart(settings: Settings, database: DatabaseConfig): boolean {
  const fallback = database.kind === "embedded" ? "true" : "false";
  const migrates = settings.oneOf("MIGRATE_ON_START", fallback, ["true", "false"]) === "true";
  if (migrates && database.kind === "postgres" && database.pooler === "transaction") {
    settings.reject("MIGRATE_ON_START", "cannot be true with POSTGRES_POOLER: migrations go past a pooler");
  }
  return migrates;
}

function parseSecrets(settings: Settings, kind: DatabaseConfig["kind"]): Config["hmacSecrets"] {
  const text = kind === "postgres" ? settings.requiredSecret("HMAC_SECRET") : settings.secret("HMAC_SECRET");
  if (!text) return undefined;
  const secrets = text.split(",").map((secret) => secret.trim());
  const encoder = new TextEncoder();
  if (secrets.some((secret) => encoder.encode(secret).length < MIN_SECRET_BYTES)) {
    settings.reject(
      "HMAC_SECRET",
      `must have ${MIN_SECRET_BYTES} bytes or more, each of several separated by commas`,
    );
  }
  const [first = "", ...others] = secrets;
  return [first, ...others];
}

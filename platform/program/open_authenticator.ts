import {
  DEVELOPMENT_ALGORITHM,
  DEVELOPMENT_PARTY,
  fetchKeys,
  JwtAuthenticator,
  loadOrCreateDevelopmentKey,
  publicKeyText,
  VerificationKeys,
} from "@archway/server/authentication.ts";
import type { Authenticator } from "@archway/server/authenticator.ts";
import { type Config, ConfigError } from "@archway/config/config.ts";
import type { AuthConfig, JwtConfig } from "@archway/config/auth_config.ts";
import type { ConnectionManager } from "@archway/db/db.ts";
import type { HealthCheck, ReadinessCheck } from "@archway/server/health.ts";
import { MAX_PEM_BYTES, readLimitedFile } from "@archway/server/limited_file.ts";
import type { Logger } from "@archway/server/logger.ts";
import { ApiKeyAuthenticator } from "@archway/service_kit/api_keys.ts";
import { type KeyLog, keyLog, keyReason } from "./key_log.ts";

/** Maximum age of keys while the issuer is down; by then most of its tokens have expired. */
const STALE_MS = 3_600_000;

/** Refresh interval: the maximum time for which a withdrawn key is accepted while the issuer is reachable. */
const REFRESH_MS = 300_000;

/** Refresh interval of a key file, shorter because reading it is cheap. */
const FILE_REFRESH_MS = 5000;
const FILE_COOLDOWN_MS = 1000;

/** Opened authenticators. Disposing waits until the use of API keys is recorded. */
export interface OpenAuthenticator extends AsyncDisposable {
  /** Authenticator of bearer tokens. */
  readonly authenticator: Authenticator;
  /** Authenticator of API keys. */
  readonly apiKeys: ApiKeyAuthenticator;
  /** Health of the issuer's keys; undefined for keys of this program. */
  readonly readiness: ReadinessCheck | undefined;
}

/** Dependencies of {@link openAuthenticator}. */
export interface AuthenticatorDependencies {
  readonly logger: Logger;
  /** Database with the API keys. */
  readonly pool: ConnectionManager;
  /** Ends the wait for the first keys. */
  readonly signal: AbortSignal;
}

/** Authentication that is enabled. */
type EnabledAuth = Exclude<AuthConfig, { readonly kind: "none" }>;

/**
 * Creates the authenticators of callers.
 *
 * @throws {ConfigError} when the key file is unusable. An unreachable issuer is no error: its keys are fetched again and
 * again, and the service is not ready until there are any.
 */
export async function openAuthenticator(
  { auth, database }: { readonly auth: EnabledAuth; readonly database: Config["database"] },
  { logger, pool, signal }: AuthenticatorDependencies,
): Promise<OpenAuthenticator> {
  const apiKeys = new ApiKeyAuthenticator({
    pool,
    ttlMs: auth.apiKeyTtlMs,
    onUnrecorded: (error) =>
      logger.warn("Use of an API key could not be recorded: {message}", {
        message: error instanceof Error ? error.message : "unknown",
      }),
  });
  const tokens = await openTokens({ auth, database }, { apiKeys, logger, signal });
  return { ...tokens, apiKeys, [Symbol.asyncDispose]: () => apiKeys[Symbol.asyncDispose]() };
}

/** Authenticator of bearer tokens. */
type OpenTokens = Pick<OpenAuthenticator, "authenticator" | "readiness">;

/** Dependencies of {@link openTokens}. */
interface TokenDependencies extends Omit<AuthenticatorDependencies, "pool"> {
  readonly apiKeys: ApiKeyAuthenticator;
}

async function openTokens(
  { auth, database }: {
    readonly auth: EnabledAuth;
    readonly database: Config["database"];
  },
  { apiKeys, logger, signal }: TokenDependencies,
): Promise<OpenTokens> {
  switch (auth.kind) {
    case "keys":
      return { authenticator: bearerKeys(apiKeys), readiness: undefined };
    case "dev":
      if (database.kind !== "embedded") {
        throw new Error("Development tokens require the embedded database");
      }
      logger.info("Accepting development tokens; the command `token` creates them");
      return { authenticator: await forDevelopment(database.dataDirectory), readiness: undefined };
    case "jwt":
      return await forIssuer(auth, { logger, signal });
  }
}

/** Without an issuer of tokens, bearer tokens are API keys. */
function bearerKeys(apiKeys: ApiKeyAuthenticator): Authenticator {
  const { signal } = new AbortController();
  return {
    authenticate: (token) =>
      apiKeys.authenticate({ kind: "apiKey", key: token }, { scheme: "bearer", signal }),
  };
}

async function forDevelopment(directory: string): Promise<Authenticator> {
  const text = publicKeyText(await loadOrCreateDevelopmentKey(directory));
  const forever = { refreshMs: Infinity, staleMs: Infinity, cooldownMs: Infinity };
  return new JwtAuthenticator(new VerificationKeys(() => Promise.resolve(text), forever), {
    issuer: DEVELOPMENT_PARTY,
    audience: DEVELOPMENT_PARTY,
    algorithms: [DEVELOPMENT_ALGORITHM],
    clockSkewSeconds: 0,
  });
}

async function forIssuer(
  config: JwtConfig,
  { logger, signal }: Pick<AuthenticatorDependencies, "logger" | "signal">,
): Promise<OpenTokens> {
  const { issuer, audience, algorithms, clockSkewMs, keys: location } = config;
  const log = keyLog(logger);
  const keys = location instanceof URL
    ? openKeys(location, { cooldownMs: config.jwksCooldownMs, log, signal })
    : await openKeyFile(location.file, log);
  return {
    authenticator: new JwtAuthenticator(keys, {
      ...{ issuer, audience, algorithms },
      clockSkewSeconds: clockSkewMs / 1000,
    }),
    readiness: () => Promise.resolve([keyCheck(keys)]),
  };
}

/** Options of {@link openKeys}. */
interface OpenKeysOptions {
  readonly cooldownMs: number;
  readonly log: KeyLog;
  readonly signal: AbortSignal;
}

function openKeys(url: URL, { cooldownMs, log, signal }: OpenKeysOptions): VerificationKeys {
  const intervals = { refreshMs: REFRESH_MS, staleMs: STALE_MS, cooldownMs };
  const keys = new VerificationKeys(() => fetchKeys(url), { ...intervals, ...log });
  void keys.loadUntilFound(signal);
  return keys;
}

/** @throws {ConfigError} when the file is unusable at the start. */
async function openKeyFile(file: string, log: KeyLog): Promise<VerificationKeys> {
  // Before the start, a failure is reported once, as a configuration error.
  let started = false;
  const keys = new VerificationKeys(() => readLimitedFile(file, MAX_PEM_BYTES), {
    refreshMs: FILE_REFRESH_MS,
    staleMs: STALE_MS,
    cooldownMs: FILE_COOLDOWN_MS,
    onError: (error) => started && log.onError(error),
    onRecovered: log.onRecovered,
  });
  const unusable = (reason: string): ConfigError =>
    new ConfigError([{ variable: "AUTH_KEY_FILE", reason: `cannot be used: ${reason}` }]);
  try {
    await keys.load();
  } catch (error) {
    throw unusable(error instanceof Error ? keyReason(error.cause) : "");
  }
  if (keys.status === "unavailable") throw unusable("No usable public key found");
  started = true;
  return keys;
}

/** A service that never had keys can accept no token; later their loss only degrades it. */
function keyCheck(keys: VerificationKeys): HealthCheck {
  // Without requests nothing else notices that the keys are out of date.
  keys.refresh();
  const { status } = keys;
  return {
    name: "verification_keys",
    status,
    ...(status !== "ok" && { reason: "the issuer's keys are unavailable" }),
  };
}

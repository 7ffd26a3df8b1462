import {
  type Authenticator,
  DEVELOPMENT_ALGORITHM,
  DEVELOPMENT_PARTY,
  fetchKeys,
  JwtAuthenticator,
  KeysError,
  loadOrCreateDevelopmentKey,
  publicKeyText,
  VerificationKeys,
} from "@archway/server/authentication.ts";
import { type Config, ConfigError } from "@archway/config/config.ts";
import type { JwtConfig } from "@archway/config/auth_config.ts";
import type { Logger } from "@archway/server/logger.ts";

/** Maximum age of keys while the issuer is down; by then most of its tokens have expired. */
const STALE_MS = 3_600_000;

/** Refresh interval: the maximum time for which a withdrawn key is accepted while the issuer is reachable. */
const REFRESH_MS = 300_000;

/** Refresh interval of a key file, shorter because reading it is cheap. */
const FILE_REFRESH_MS = 5000;
const FILE_COOLDOWN_MS = 1000;

/**
 * Creates the authenticator of callers.
 *
 * @returns undefined if authentication is disabled, which is logged with an external database.
 * @throws {ConfigError} when the key file is unusable. An unreachable issuer is no error; its keys are fetched later.
 */
export async function openAuthenticator(
  { auth, database }: Pick<Config, "auth" | "database">,
  logger: Logger,
): Promise<Authenticator | undefined> {
  switch (auth.kind) {
    case "none":
      if (database.kind !== "embedded") {
        logger.info("Authentication is disabled; every caller has all permissions");
      }
      return undefined;
    case "dev":
      if (database.kind !== "embedded") {
        throw new Error("Development tokens require the embedded database");
      }
      logger.info("Accepting development tokens; the command `token` creates them");
      return await forDevelopment(database.dataDirectory);
    case "jwt":
      return await forIssuer(auth, logger);
  }
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

async function forIssuer(config: JwtConfig, logger: Logger): Promise<Authenticator> {
  const { issuer, audience, algorithms, clockSkewMs } = config;
  const options = { issuer, audience, algorithms, clockSkewSeconds: clockSkewMs / 1000 };
  const onError = (error: unknown): void => {
    logger.warn("Verification keys of access tokens unavailable: {reason}", { reason: reasonOf(error) });
  };
  const { keys: location } = config;
  if (location instanceof URL) {
    const keys = new VerificationKeys(() => fetchKeys(location), {
      refreshMs: REFRESH_MS,
      staleMs: STALE_MS,
      cooldownMs: config.jwksCooldownMs,
      onError,
    });
    // Spares the first request the wait. A failure is logged by onError, and does not prevent the start.
    keys.load().catch(() => {});
    return new JwtAuthenticator(keys, options);
  }
  // Before the start, a failure is reported once, as a configuration error.
  let started = false;
  const keys = new VerificationKeys(() => Deno.readTextFile(location.file), {
    refreshMs: FILE_REFRESH_MS,
    staleMs: STALE_MS,
    cooldownMs: FILE_COOLDOWN_MS,
    onError: (error) => started && onError(error),
  });
  try {
    await keys.load();
    started = true;
  } catch (error) {
    const reason = error instanceof Error ? reasonOf(error.cause) : "";
    throw new ConfigError([{ variable: "AUTH_KEY_FILE", reason: `cannot be used: ${reason}` }]);
  }
  return new JwtAuthenticator(keys, options);
}

/** Returns the reason without details of the system such as paths. */
function reasonOf(error: unknown): string {
  if (error instanceof KeysError) return error.message;
  return error instanceof Error ? error.name : "unknown error";
}

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

/** In an outage of the issuer nobody gets new tokens; in an hour most of the old ones have expired. */
const STALE_MS = 3_600_000;

/** How long a key that was withdrawn is still taken, at the most, while its issuer answers. */
const REFRESH_MS = 300_000;

/** A file is at hand: a change is seen soon. */
const FILE_REFRESH_MS = 5000;
const FILE_COOLDOWN_MS = 1000;

/**
 * What tells who sends a request; undefined: authentication is off, and where that was decided for a real database
 * the log says so.
 *
 * @throws {ConfigError} when the file has no keys. An issuer that does not answer is waited for while serving.
 */
export async function openAuthenticator(
  { auth, database }: Pick<Config, "auth" | "database">,
  logger: Logger,
): Promise<Authenticator | undefined> {
  switch (auth.kind) {
    case "none":
      if (database.kind !== "embedded") logger.info("Authentication is off: everybody may do everything");
      return undefined;
    case "dev":
      if (database.kind !== "embedded") {
        throw new Error("Tokens for development are for the embedded database");
      }
      logger.info("Taking tokens for development, which archway token makes");
      return await forDevelopment(database.dataDirectory);
    case "jwt":
      return await forIssuer(auth, logger);
  }
}

async function forDevelopment(folder: string): Promise<Authenticator> {
  const text = publicKeyText(await loadOrCreateDevelopmentKey(folder));
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
  const rules = { issuer, audience, algorithms, clockSkewSeconds: clockSkewMs / 1000 };
  const onError = (error: unknown): void => {
    logger.warn("The keys to check access tokens with cannot be had: {reason}", { reason: reasonOf(error) });
  };
  const { keys: place } = config;
  if (place instanceof URL) {
    const keys = new VerificationKeys(() => fetchKeys(place), {
      refreshMs: REFRESH_MS,
      staleMs: STALE_MS,
      cooldownMs: config.jwksCooldownMs,
      onError,
    });
    // The first request need not wait for them. That there are none yet was told, and is no reason not to start.
    keys.load().catch(() => {});
    return new JwtAuthenticator(keys, rules);
  }
  // Before that, a fault is told once, as one of the configuration.
  let started = false;
  const keys = new VerificationKeys(() => Deno.readTextFile(place.file), {
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
  return new JwtAuthenticator(keys, rules);
}

/** Without what the system adds, such as paths. */
function reasonOf(error: unknown): string {
  if (error instanceof KeysError) return error.message;
  return error instanceof Error ? error.name : "something that is not an error";
}

import type { AddressRange } from "@archway/server/addresses.ts";
import { isLoopback } from "./is_loopback.ts";
import type { DatabaseConfig } from "./database_config.ts";
import type { DurationText } from "@archway/service_kit/settings_reader.ts";
import type { Settings } from "./settings.ts";

/** Access tokens of an issuer. */
export interface JwtConfig {
  readonly kind: "jwt";
  /** Where the issuer's public keys are: fetched, or in a file. */
  readonly keys: URL | { readonly file: string };
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly clockSkewMs: number;
  /** The issuer is not asked for keys more often than this. */
  readonly jwksCooldownMs: number;
}

/** Tokens that `archway token` makes, for development. */
export interface DevelopmentConfig {
  readonly kind: "dev";
}

/** How callers are known: not at all, by tokens for development, or by those of an issuer. */
export type AuthConfig = { readonly kind: "none" } | DevelopmentConfig | JwtConfig;

/** What decides whether authentication may be left out. */
export interface AuthSurroundings {
  readonly database: DatabaseConfig;
  /** Where the service listens. */
  readonly host: string;
  readonly publicUrl: URL | undefined;
  /** The proxies that are believed: who names one is reached through it. */
  readonly trustedProxies: readonly AddressRange[];
}

/** Signatures that a public key checks. A secret that both sides share (HS256), and "none", can never be allowed. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
const DEFAULT_ALGORITHMS = "RS256,PS256,ES256,EdDSA";

/** Clocks that are further apart are wrong. */
const MOST_CLOCK_SKEW: DurationText = "5m";

const JWT_VARIABLES = [
  ...["AUTH_JWKS_URL", "AUTH_KEY_FILE", "AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_ALGORITHMS"],
  ...["AUTH_CLOCK_SKEW", "AUTH_JWKS_COOLDOWN"],
];

/**
 * Reads `AUTH_…`. Where nobody but this machine reaches the service and its embedded database, nothing need be said;
 * anywhere else the service is not to be open because somebody forgot to close it.
 */
export function parseAuthConfig(settings: Settings, surroundings: AuthSurroundings): AuthConfig {
  const given = JWT_VARIABLES.find((variable) => settings.text(variable) !== undefined);
  const mode = settings.text("AUTH_MODE") ?? (given === undefined ? undefined : "jwt");
  switch (mode) {
    case "jwt":
      return parseJwt(settings);
    case "none":
    case "dev":
      if (given !== undefined) settings.reject("AUTH_MODE", `cannot be ${mode} beside ${given}`);
      if (mode === "dev" && !isPrivate(surroundings)) {
        settings.reject(
          "AUTH_MODE",
          "can be dev only with the embedded database and on loopback, without proxies",
        );
      }
      return { kind: mode };
    case undefined:
      if (!isPrivate(surroundings)) {
        settings.reject(
          "AUTH_MODE",
          "is required unless the embedded database is used on loopback, without proxies: set AUTH_JWKS_URL or AUTH_KEY_FILE with " +
            "AUTH_ISSUER and AUTH_AUDIENCE, or AUTH_MODE=none to let everybody do everything",
        );
      }
      return { kind: "none" };
    default:
      settings.reject("AUTH_MODE", "must be one of jwt, dev, none");
      return { kind: "none" };
  }
}

/** Whether only programs of this machine reach the service. */
export function isPrivate({ database, host, publicUrl, trustedProxies }: AuthSurroundings): boolean {
  return database.kind === "embedded" && isLoopback(host) && trustedProxies.length === 0 &&
    (publicUrl === undefined || isLoopback(publicUrl.hostname));
}

function parseJwt(settings: Settings): JwtConfig {
  return {
    kind: "jwt",
    keys: parseKeysPlace(settings),
    issuer: settings.requiredText("AUTH_ISSUER"),
    audience: settings.requiredText("AUTH_AUDIENCE"),
    algorithms: parseAlgorithms(settings),
    clockSkewMs: settings.durationMs("AUTH_CLOCK_SKEW", "30s", { max: MOST_CLOCK_SKEW }),
    jwksCooldownMs: settings.durationMs("AUTH_JWKS_COOLDOWN", "10s"),
  };
}

function parseKeysPlace(settings: Settings): JwtConfig["keys"] {
  const [address, file] = [settings.text("AUTH_JWKS_URL"), settings.text("AUTH_KEY_FILE")];
  if ((address === undefined) === (file === undefined)) {
    settings.reject("AUTH_JWKS_URL", "or AUTH_KEY_FILE is required, one of them");
  }
  if (address === undefined) return { file: file ?? "" };
  const url = URL.parse(address);
  // Whoever can change the keys on their way can make tokens.
  if (url?.protocol === "https:" || url?.protocol === "http:" && isLoopback(url.hostname)) return url;
  settings.reject("AUTH_JWKS_URL", "must be an absolute https URL, or http on loopback");
  return { file: "" };
}

function parseAlgorithms(settings: Settings): readonly string[] {
  const text = settings.text("AUTH_ALGORITHMS") ?? DEFAULT_ALGORITHMS;
  const algorithms = text.split(",").map((name) => name.trim());
  if (algorithms.some((name) => !ALGORITHMS.includes(name))) {
    settings.reject("AUTH_ALGORITHMS", `must be a list, separated by commas, of ${ALGORITHMS.join(", ")}`);
  }
  return algorithms;
}

import type { AddressRange } from "@archway/server/addresses.ts";
import { InvalidSetting, type SettingsReader } from "@archway/service_kit/setting.ts";
import {
  choiceSetting,
  customSetting,
  durationSetting,
  hasCredentials,
  textSetting,
} from "@archway/service_kit/setting_types.ts";
import type { DatabaseConfig } from "./database_config.ts";
import { isLoopback } from "./is_loopback.ts";

/** Authentication that is enabled, of API keys and client certificates too. */
interface EnabledConfig {
  /** Time for which an API key that was read is reused. */
  readonly apiKeyTtlMs: number;
  /** Header in which trusted proxies name the subject of a client's certificate. */
  readonly certificateHeader: string | undefined;
}

/** Access tokens of an issuer. */
export interface JwtConfig extends EnabledConfig {
  readonly kind: "jwt";
  /** URL or file of the issuer's public keys. */
  readonly keys: URL | { readonly file: string };
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly clockSkewMs: number;
  /** Minimum time between two requests for keys. */
  readonly jwksCooldownMs: number;
}

/** Development tokens, which the command `token` creates. */
export interface DevelopmentConfig extends EnabledConfig {
  readonly kind: "dev";
}

/** API keys alone, which the command `keys` creates. */
export interface KeysConfig extends EnabledConfig {
  readonly kind: "keys";
}

/** Authentication of callers: none, API keys alone, or with development tokens or tokens of an issuer. */
export type AuthConfig = { readonly kind: "none" } | KeysConfig | DevelopmentConfig | JwtConfig;

/** Exposure of the service, which determines whether authentication is optional. */
export interface Exposure {
  readonly database: DatabaseConfig;
  /** Address on which the service listens. */
  readonly host: string;
  readonly publicUrl: URL | undefined;
  /** Trusted proxies, which make the service reachable from other machines. */
  readonly trustedProxies: readonly AddressRange[];
}

/** Asymmetric signature algorithms. A shared secret (HS256) and "none" are never allowed (RFC 8725, section 3.1). */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

const MODE = choiceSetting("AUTH_MODE", ["jwt", "keys", "dev", "none"], {
  defaultRule:
    "jwt if another AUTH_ setting is set; none with the embedded database on loopback without proxies",
  description:
    "Authentication: access tokens of an issuer, API keys alone, development tokens of the command `token` (embedded " +
    "database on loopback, without proxies), or none, which lets every caller do everything. Required anywhere else.",
});
const JWKS_URL = customSetting<URL>("AUTH_JWKS_URL", {
  type: "URL",
  example: "https://issuer.example/.well-known/jwks.json",
  description: "JSON Web Key Set of the issuer, by https. This or AUTH_KEY_FILE is required with jwt.",
  // An attacker who can change the keys in transit can forge tokens.
  parse: (text) => {
    const url = URL.parse(text);
    if (url !== null && hasCredentials(url)) throw new InvalidSetting("must not contain a user or password");
    if (url?.protocol === "https:" || url?.protocol === "http:" && isLoopback(url.hostname)) return url;
    throw new InvalidSetting("must be an absolute https URL, or http on loopback");
  },
});
const KEY_FILE = textSetting("AUTH_KEY_FILE", {
  type: "path",
  description: "File with a JSON Web Key Set or public keys in PEM, instead of AUTH_JWKS_URL.",
});
const ISSUER = textSetting("AUTH_ISSUER", {
  example: "https://issuer.example/",
  description: "Exact `iss` of accepted tokens. Required with jwt.",
});
const AUDIENCE = textSetting("AUTH_AUDIENCE", {
  example: "https://api.example",
  description: "`aud` that accepted tokens contain. Required with jwt.",
});
const ACCEPTED_ALGORITHMS = customSetting<readonly string[]>("AUTH_ALGORITHMS", {
  type: "list of algorithms",
  default: "RS256,PS256,ES256,EdDSA",
  description: `Accepted signature algorithms, of ${ALGORITHMS.join(", ")}.`,
  parse: (text) => {
    const algorithms = text.split(",").map((name) => name.trim());
    if (algorithms.every((name) => ALGORITHMS.includes(name))) return algorithms;
    throw new InvalidSetting(`must be a list, separated by commas, of ${ALGORITHMS.join(", ")}`);
  },
});
const CLOCK_SKEW = durationSetting("AUTH_CLOCK_SKEW", {
  default: "30s",
  max: "5m",
  description: "Tolerated difference between the clocks of issuer and service.",
});
const JWKS_COOLDOWN = durationSetting("AUTH_JWKS_COOLDOWN", {
  default: "10s",
  description:
    "Minimum time between two requests for keys, which a token with an unknown key triggers; 0s disables it.",
});

const API_KEY_TTL = durationSetting("AUTH_API_KEY_TTL", {
  default: "10s",
  max: "5m",
  description:
    "Time for which a process reuses an API key that it read, and so accepts it after it is revoked; 0s reads it for " +
    "every request.",
});

const CERTIFICATE_HEADER = customSetting<string>("AUTH_CERTIFICATE_HEADER", {
  type: "name of a header",
  example: "X-Client-Subject",
  description:
    "Header in which TRUSTED_PROXIES name the subject of the client certificate that they verified. They must remove " +
    "it from the requests of clients.",
  parse: (text) => {
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)) return text;
    throw new InvalidSetting("must be the name of a header");
  },
});

/** Settings of an issuer's tokens. */
const OF_JWT = [JWKS_URL, KEY_FILE, ISSUER, AUDIENCE, ACCEPTED_ALGORITHMS, CLOCK_SKEW, JWKS_COOLDOWN];

export const AUTH_SETTINGS = [MODE, ...OF_JWT, API_KEY_TTL, CERTIFICATE_HEADER];

/** Reads the authentication of callers. An exposed service without it requires an explicit AUTH_MODE=none. */
export function readAuthConfig(reader: SettingsReader, exposure: Exposure): AuthConfig {
  const ofJwt = OF_JWT.find((setting) => reader.isSet(setting));
  const isExposed = !isPrivate(exposure);
  const isExplicit = reader.isSet(MODE);
  const mode = reader.readOr(MODE, ofJwt === undefined ? "none" : "jwt");
  const enabled = {
    apiKeyTtlMs: reader.read(API_KEY_TTL),
    certificateHeader: reader.read(CERTIFICATE_HEADER),
  };
  if (enabled.certificateHeader !== undefined && exposure.trustedProxies.length === 0) {
    reader.reject(CERTIFICATE_HEADER, "needs TRUSTED_PROXIES: any other sender could make it up");
  }
  if (mode === "jwt") return { ...readJwt(reader), ...enabled };
  if (ofJwt !== undefined) reader.reject(MODE, `cannot be ${mode} together with ${ofJwt.name}`);
  if (mode === "dev" && isExposed) {
    reader.reject(MODE, "can be dev only with the embedded database and on loopback, without proxies");
  }
  if (!isExplicit && isExposed) {
    reader.reject(
      MODE,
      "is required unless the embedded database is used on loopback, without proxies: set AUTH_JWKS_URL or " +
        "AUTH_KEY_FILE with AUTH_ISSUER and AUTH_AUDIENCE, AUTH_MODE=keys for API keys alone, or AUTH_MODE=none to " +
        "disable authentication",
    );
  }
  return mode === "none" ? { kind: "none" } : { kind: mode, ...enabled };
}

/** Whether the service is reachable from this machine only. */
export function isPrivate({ database, host, publicUrl, trustedProxies }: Exposure): boolean {
  return database.kind === "embedded" && isLoopback(host) && trustedProxies.length === 0 &&
    (publicUrl === undefined || isLoopback(publicUrl.hostname));
}

function readJwt(reader: SettingsReader): Omit<JwtConfig, keyof EnabledConfig> {
  return {
    kind: "jwt",
    keys: readKeys(reader),
    issuer: reader.require(ISSUER, ""),
    audience: reader.require(AUDIENCE, ""),
    algorithms: reader.read(ACCEPTED_ALGORITHMS),
    clockSkewMs: reader.read(CLOCK_SKEW),
    jwksCooldownMs: reader.read(JWKS_COOLDOWN),
  };
}

function readKeys(reader: SettingsReader): JwtConfig["keys"] {
  const [url, file] = [reader.read(JWKS_URL), reader.read(KEY_FILE)];
  if (reader.isSet(JWKS_URL) === reader.isSet(KEY_FILE)) {
    reader.reject(JWKS_URL, "or AUTH_KEY_FILE is required, and not both");
  }
  return url ?? { file: file ?? "" };
}

import type { StoreTls } from "@archway/server/rate_limiters.ts";
import { pemSetting } from "@archway/service_kit/pem_setting.ts";
import { InvalidSetting, type SettingsReader } from "@archway/service_kit/setting.ts";
import { customSetting, parseDuration } from "@archway/service_kit/setting_types.ts";

/** Number of requests in a window of time. */
export interface Rate {
  readonly quota: number;
  readonly windowSeconds: number;
}

/** Rates of callers and addresses. */
export interface RateLimitConfig {
  /** Rate of a caller, over all operations without a rate of their own. */
  readonly rate: Rate;
  /** Rates of a caller by operationId. */
  readonly operations: ReadonlyMap<string, Rate>;
  /** Rate of an address over all operations, counted before authentication. */
  readonly addressRate: Rate;
  /** Store in which all instances count together; each counts in memory if undefined. May hold a password. */
  readonly storeUrl: string | undefined;
  /** Certificates for a store with TLS. */
  readonly storeTls?: StoreTls;
}

const DEFAULT_RATE: Rate = { quota: 600, windowSeconds: 60 };
const DEFAULT_TEXT = "600/1m";

/** Ratio of the default rate of an address, which many callers may share, to that of a caller. */
const CALLERS_PER_ADDRESS = 10;

const MAX_QUOTA = 1_000_000;
const MAX_WINDOW_SECONDS = 86_400;
const RATE_REASON = 'must be a rate such as "100/1m": up to 1000000 requests in whole seconds, up to 24h';

export const RATE_LIMIT = customSetting<Rate | "off">("RATE_LIMIT", {
  type: "rate or off",
  example: DEFAULT_TEXT,
  defaultRule: `${DEFAULT_TEXT}; off with the embedded database on loopback if no other rate is set`,
  divided: true,
  description: "Requests of a caller, known by its token or else by its address, per window.",
  parse: (text) => {
    if (text === "off") return text;
    const rate = parseRate(text);
    if (rate === undefined) throw new InvalidSetting(`${RATE_REASON}, or off`);
    return rate;
  },
});
export const ADDRESS_RATE = customSetting<Rate>("RATE_LIMIT_ADDRESS", {
  type: "rate",
  example: "6000/1m",
  defaultRule: "ten times RATE_LIMIT",
  divided: true,
  description: "Requests of an address, over all callers and operations, counted before authentication.",
  parse: (text) => {
    const rate = parseRate(text);
    if (rate === undefined) throw new InvalidSetting(RATE_REASON);
    return rate;
  },
});
export const OPERATION_RATES = customSetting<ReadonlyMap<string, Rate>>("RATE_LIMIT_ROUTES", {
  type: "list of operationId=rate",
  example: "createOrder=20/1m,listOrders=100/10s",
  divided: true,
  description: "Operations with a rate of their own, by operationId.",
  parse: parseOperationRates,
});
const STORE_URL = customSetting<string>("RATE_LIMIT_URL", {
  type: "URL",
  secret: true,
  example: "redis://user:password@host:6379/0",
  description:
    "Valkey or Redis server in which all instances count together; rediss:// with TLS. Without it, and " +
    "while it is unavailable, each process counts in memory. Rates of callers are not divided by WORKERS with it.",
  parse: parseStoreUrl,
});

const TLS_CA_FILE = pemSetting("RATE_LIMIT_TLS_CA_FILE", {
  description: "Certificates in PEM of a private CA, with which rediss:// verifies the server.",
});
const TLS_CERT_FILE = pemSetting("RATE_LIMIT_TLS_CERT_FILE", {
  description: "Client certificate in PEM, for a server that requires one.",
});
const TLS_KEY_FILE = pemSetting("RATE_LIMIT_TLS_KEY_FILE", {
  description: "Private key of the client certificate, in PEM.",
});

/** Settings of TLS to the store. */
const OF_TLS = [TLS_CA_FILE, TLS_CERT_FILE, TLS_KEY_FILE];

export const RATE_LIMIT_SETTINGS = [RATE_LIMIT, ADDRESS_RATE, OPERATION_RATES, STORE_URL, ...OF_TLS];

/**
 * Reads the rates.
 *
 * @param isPrivate Whether the service is reachable from this machine only, so that rates are unlimited by default.
 * @returns undefined if rates are unlimited.
 */
export function readRateLimitConfig(reader: SettingsReader, isPrivate: boolean): RateLimitConfig | undefined {
  const storeUrl = reader.read(STORE_URL);
  const storeTls = readTls(reader, storeUrl);
  const operations = reader.read(OPERATION_RATES) ?? new Map<string, Rate>();
  const addressRate = reader.read(ADDRESS_RATE);
  const unlimited = isPrivate && ![STORE_URL, OPERATION_RATES, ADDRESS_RATE].some((s) => reader.isSet(s));
  const rate = unlimited
    ? reader.readOr(RATE_LIMIT, "off")
    : reader.readOr<Rate | "off">(RATE_LIMIT, DEFAULT_RATE, DEFAULT_TEXT);
  if (rate === "off") return undefined;
  return {
    rate,
    operations,
    addressRate: addressRate ?? { ...rate, quota: rate.quota * CALLERS_PER_ADDRESS },
    storeUrl,
    ...(storeTls && { storeTls }),
  };
}

/** Reads the certificates, which require a URL with TLS. */
function readTls(reader: SettingsReader, storeUrl: string | undefined): StoreTls | undefined {
  const isSet = OF_TLS.filter((setting) => reader.isSet(setting));
  const [ca, cert, key] = [reader.read(TLS_CA_FILE), reader.read(TLS_CERT_FILE), reader.read(TLS_KEY_FILE)];
  if (isSet.length === 0) return undefined;
  // An invalid URL is an error of its own.
  const isEncrypted = storeUrl?.startsWith("rediss:") ?? reader.isSet(STORE_URL);
  for (const setting of isSet) {
    if (!isEncrypted) reader.reject(setting, "requires rediss:// in RATE_LIMIT_URL");
  }
  for (const [setting, other] of [[TLS_CERT_FILE, TLS_KEY_FILE], [TLS_KEY_FILE, TLS_CERT_FILE]] as const) {
    if (reader.isSet(setting) && !reader.isSet(other)) reader.reject(setting, `requires ${other.name}`);
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && key !== undefined && { client: { cert, key } }),
  };
}

/** @throws {InvalidSetting} */
function parseOperationRates(text: string): ReadonlyMap<string, Rate> {
  const rates = new Map<string, Rate>();
  for (const part of text.split(",")) {
    const [, operationId = "", value = ""] = /^\s*([\w.-]+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const rate = parseRate(value);
    if (rate === undefined || rates.has(operationId)) {
      throw new InvalidSetting('must be a list such as "createOrder=20/1m,listOrders=100/10s"');
    }
    rates.set(operationId, rate);
  }
  return rates;
}

function parseRate(text: string): Rate | undefined {
  const [, count, duration = ""] = /^(\d{1,7})\/(\w+)$/.exec(text) ?? [];
  const [quota, windowSeconds] = [Number(count), (parseDuration(duration) ?? NaN) / 1000];
  const isRate = quota >= 1 && quota <= MAX_QUOTA && Number.isInteger(windowSeconds) && windowSeconds >= 1 &&
    windowSeconds <= MAX_WINDOW_SECONDS;
  return isRate ? { quota, windowSeconds } : undefined;
}

/** URL schemes of Valkey and Redis, with the equivalent that the client supports. */
const STORE_SCHEMES: ReadonlyMap<string, string> = new Map([
  ["redis:", "redis:"],
  ["rediss:", "rediss:"],
  ["valkey:", "redis:"],
  ["valkeys:", "rediss:"],
]);

/** Path of a URL: none, or the number of a database. */
const DATABASE_PATH = /^(?:\/(?:0|[1-9]\d{0,4})?)?$/;

/** @throws {InvalidSetting} */
function parseStoreUrl(text: string): string {
  const url = URL.parse(text);
  const scheme = STORE_SCHEMES.get(url?.protocol ?? "");
  const isUrl = url !== null && scheme !== undefined && url.hostname !== "" && url.search === "" &&
    url.hash === "" && [url.username, url.password].every(isDecodable);
  if (!isUrl) {
    throw new InvalidSetting(
      "must be a URL such as redis://user:password@host:6379/0, or rediss:// with TLS",
    );
  }
  if (!DATABASE_PATH.test(url.pathname)) {
    throw new InvalidSetting("must end with the number of a database, such as /0, or without a path");
  }
  return scheme + text.slice(text.indexOf(":") + 1);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

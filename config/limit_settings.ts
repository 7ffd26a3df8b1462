import ipaddr from "ipaddr.js";
import { parseDuration, type Settings } from "./settings.ts";

/** So many requests in a window of time. */
export interface Rate {
  readonly quota: number;
  readonly windowSeconds: number;
}

/** Who may ask for how much. */
export interface RateLimitConfig {
  /** For every caller, of all operations together that have no rate of their own. */
  readonly rate: Rate;
  /** By operationId. */
  readonly operations: ReadonlyMap<string, Rate>;
  /** For everybody behind one address, before it is looked at who they are. */
  readonly addressRate: Rate;
  /** Where the counts are that all instances share; undefined: each has its own. May hold a password. */
  readonly storeUrl: string | undefined;
}

/** Whose scripts may read answers. */
export interface CorsConfig {
  readonly origins: "*" | readonly string[];
  readonly credentials: boolean;
  readonly maxAgeSeconds: number;
}

/** What stands between clients and the operations. */
export interface LimitConfig {
  /** Undefined: everybody may ask for as much as they like. */
  readonly rateLimit: RateLimitConfig | undefined;
  /** Addresses and networks of the proxies that are believed. */
  readonly trustedProxies: readonly string[];
  /** Undefined: no script of another origin may read anything. */
  readonly cors: CorsConfig | undefined;
  readonly maxUrlBytes: number;
  readonly maxHeaderBytes: number;
}

const DEFAULT_RATE = "600/1m";

/** Callers who share an address, in an office say, have so many times the rate of one together. */
const CALLERS_PER_ADDRESS = 10;

const MAX_QUOTA = 1_000_000;
const MAX_WINDOW_SECONDS = 86_400;
const RATE_REASON = 'must be a rate such as "100/1m": up to a million in whole seconds, up to 24h';

/**
 * Reads `RATE_LIMIT…`, `TRUSTED_PROXIES`, `CORS_…` and the sizes of requests.
 *
 * @param isPrivate Whether only programs of this machine reach the service: then nothing is limited unless somebody says so.
 */
export function parseLimitSettings(
  settings: Settings,
  { isPrivate }: { readonly isPrivate: boolean },
): LimitConfig {
  return {
    rateLimit: parseRateLimit(settings, isPrivate),
    trustedProxies: parseTrustedProxies(settings),
    cors: parseCors(settings),
    maxUrlBytes: settings.integer("MAX_URL_BYTES", 8192, { min: 256, max: 65_536 }),
    // The platform ends a head of more than about 64 KiB by itself.
    maxHeaderBytes: settings.integer("MAX_HEADER_BYTES", 16_384, { min: 1024, max: 65_536 }),
  };
}

function parseRateLimit(settings: Settings, isPrivate: boolean): RateLimitConfig | undefined {
  const storeUrl = parseStoreUrl(settings);
  const operations = parseOperations(settings);
  const addressRate = parseAddressRate(settings);
  const said = storeUrl !== undefined || operations.size > 0 || addressRate !== undefined;
  const text = settings.text("RATE_LIMIT") ?? (isPrivate && !said ? "off" : DEFAULT_RATE);
  if (text === "off") return undefined;
  const rate = parseRate(text);
  if (rate === undefined) settings.fault("RATE_LIMIT", `${RATE_REASON}, or off`);
  const { quota, windowSeconds } = rate ?? { quota: 1, windowSeconds: 1 };
  return {
    rate: { quota, windowSeconds },
    operations,
    addressRate: addressRate ?? { quota: quota * CALLERS_PER_ADDRESS, windowSeconds },
    storeUrl,
  };
}

function parseAddressRate(settings: Settings): Rate | undefined {
  const text = settings.text("RATE_LIMIT_ADDRESS");
  if (text === undefined) return undefined;
  const rate = parseRate(text);
  if (rate === undefined) settings.fault("RATE_LIMIT_ADDRESS", RATE_REASON);
  return rate;
}

function parseOperations(settings: Settings): ReadonlyMap<string, Rate> {
  const rates = new Map<string, Rate>();
  const text = settings.text("RATE_LIMIT_ROUTES");
  for (const part of text?.split(",") ?? []) {
    const [, operationId = "", value = ""] = /^\s*([\w.-]+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const rate = parseRate(value);
    if (rate === undefined || rates.has(operationId)) {
      settings.fault(
        "RATE_LIMIT_ROUTES",
        `must be a list such as "createProfile=20/1m,listProfiles=100/10s"`,
      );
      break;
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

/** Valkey's schemes mean what Redis's do, by whose names the client knows them. */
const STORE_SCHEMES: ReadonlyMap<string, string> = new Map([
  ["redis:", "redis:"],
  ["rediss:", "rediss:"],
  ["valkey:", "redis:"],
  ["valkeys:", "rediss:"],
]);

function parseStoreUrl(settings: Settings): string | undefined {
  const text = settings.secret("RATE_LIMIT_URL");
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  const scheme = STORE_SCHEMES.get(url?.protocol ?? "");
  if (url !== null && scheme !== undefined && url.hostname !== "" && url.search === "" && url.hash === "") {
    return scheme + text.slice(text.indexOf(":") + 1);
  }
  settings.fault(
    "RATE_LIMIT_URL",
    "must be a URL such as redis://user:password@host:6379/0, with TLS rediss://",
  );
  return undefined;
}

function parseTrustedProxies(settings: Settings): readonly string[] {
  const ranges = listOf(settings.text("TRUSTED_PROXIES"));
  if (!ranges.every(isRange)) {
    settings.fault("TRUSTED_PROXIES", 'must be addresses and networks such as "10.0.0.0/8,::1"');
  }
  return ranges;
}

function isRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!isV4 && !/^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(address) || !ipaddr.isValid(address)) return false;
  return rest.length === 0 &&
    (bits === undefined || /^\d{1,3}$/.test(bits) && Number(bits) <= (isV4 ? 32 : 128));
}

function parseCors(settings: Settings): CorsConfig | undefined {
  const credentials = settings.oneOf("CORS_CREDENTIALS", "false", ["true", "false"]) === "true";
  const maxAgeSeconds = Math.floor(settings.durationMs("CORS_MAX_AGE", "10m") / 1000);
  const origins = listOf(settings.text("CORS_ORIGINS"));
  if (origins.length === 0) {
    if (credentials) settings.fault("CORS_CREDENTIALS", "needs CORS_ORIGINS");
    return undefined;
  }
  const everyone = origins.length === 1 && origins[0] === "*";
  if (everyone && credentials) {
    settings.fault("CORS_CREDENTIALS", "cannot be true for every origin: name them");
  }
  if (!everyone && !origins.every(isOrigin)) {
    settings.fault(
      "CORS_ORIGINS",
      'must be * or origins as browsers send them, such as "https://app.example"',
    );
  }
  return { origins: everyone ? "*" : origins, credentials, maxAgeSeconds };
}

/** Scheme, host and port as browsers write them: in lower case, without a slash at the end or the usual port. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text && !text.includes("*");
}

function listOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(",").map((part) => part.trim());
}

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

const DEFAULT_RATE = "600/1m";

/** Callers who share an address, in an office say, have so many times the rate of one together. */
const CALLERS_PER_ADDRESS = 10;

const MAX_QUOTA = 1_000_000;
const MAX_WINDOW_SECONDS = 86_400;
const RATE_REASON = 'must be a rate such as "100/1m": up to a million in whole seconds, up to 24h';

/**
 * Reads `RATE_LIMIT…`.
 *
 * @param isPrivate Whether only programs of this machine reach the service: then nothing is limited unless somebody says so.
 * @returns undefined: rates are not limited.
 */
export function parseRateLimit(settings: Settings, isPrivate: boolean): RateLimitConfig | undefined {
  const storeUrl = parseStoreUrl(settings);
  const operations = parseOperations(settings);
  const addressRate = parseAddressRate(settings);
  const said = storeUrl !== undefined || operations.size > 0 || addressRate !== undefined;
  const text = settings.text("RATE_LIMIT") ?? (isPrivate && !said ? "off" : DEFAULT_RATE);
  if (text === "off") return undefined;
  const rate = parseRate(text);
  if (rate === undefined) settings.reject("RATE_LIMIT", `${RATE_REASON}, or off`);
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
  if (rate === undefined) settings.reject("RATE_LIMIT_ADDRESS", RATE_REASON);
  return rate;
}

function parseOperations(settings: Settings): ReadonlyMap<string, Rate> {
  const rates = new Map<string, Rate>();
  const text = settings.text("RATE_LIMIT_ROUTES");
  for (const part of text?.split(",") ?? []) {
    const [, operationId = "", value = ""] = /^\s*([\w.-]+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const rate = parseRate(value);
    if (rate === undefined || rates.has(operationId)) {
      settings.reject(
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
  settings.reject(
    "RATE_LIMIT_URL",
    "must be a URL such as redis://user:password@host:6379/0, with TLS rediss://",
  );
  return undefined;
}

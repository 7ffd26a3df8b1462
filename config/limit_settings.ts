import ipaddr from "ipaddr.js";
import { type CorsConfig, parseCors } from "./cors_settings.ts";
import { parseRateLimit, type RateLimitConfig } from "./rate_settings.ts";
import type { Settings } from "./settings.ts";

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

/** Reads `RATE_LIMIT…`, `TRUSTED_PROXIES`, `CORS_…` and the sizes of requests. */
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

function parseTrustedProxies(settings: Settings): readonly string[] {
  const ranges = settings.list("TRUSTED_PROXIES");
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

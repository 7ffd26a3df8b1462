import { type CorsConfig, parseCors } from "./cors_settings.ts";
import { parseRateLimit, type RateLimitConfig } from "./rate_settings.ts";
import type { Settings } from "./settings.ts";

/** What stands between clients and the operations. */
export interface LimitConfig {
  /** Undefined: everybody may ask for as much as they like. */
  readonly rateLimit: RateLimitConfig | undefined;
  /** Undefined: no script of another origin may read anything. */
  readonly cors: CorsConfig | undefined;
  readonly maxUrlBytes: number;
  readonly maxHeaderBytes: number;
}

/** Reads `RATE_LIMIT…`, `CORS_…` and the sizes of requests. */
export function parseLimitSettings(
  settings: Settings,
  { isPrivate }: { readonly isPrivate: boolean },
): LimitConfig {
  return {
    rateLimit: parseRateLimit(settings, isPrivate),
    cors: parseCors(settings),
    maxUrlBytes: settings.integer("MAX_URL_BYTES", 8192, { min: 256, max: 65_536 }),
    // The platform ends a head of more than about 64 KiB by itself.
    maxHeaderBytes: settings.integer("MAX_HEADER_BYTES", 16_384, { min: 1024, max: 65_536 }),
  };
}

import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { integerSetting } from "@archway/service_kit/setting_types.ts";
import { CORS_SETTINGS, type CorsConfig, readCorsConfig } from "./cors_config.ts";
import { RATE_LIMIT_SETTINGS, type RateLimitConfig, readRateLimitConfig } from "./rate_limit_config.ts";
import { TRUSTED_PROXIES } from "./trusted_proxies.ts";

/** Limits of requests. */
export interface LimitConfig {
  /** Rates are unlimited if undefined. */
  readonly rateLimit: RateLimitConfig | undefined;
  /** CORS is disabled if undefined. */
  readonly cors: CorsConfig | undefined;
  readonly maxUrlBytes: number;
  readonly maxHeaderBytes: number;
}

const MAX_URL_BYTES = integerSetting("MAX_URL_BYTES", {
  default: 8192,
  min: 256,
  max: 65_536,
  description: "Maximum length of a request target, in bytes.",
});
// Deno itself rejects heads of more than about 64 KiB.
const MAX_HEADER_BYTES = integerSetting("MAX_HEADER_BYTES", {
  default: 16_384,
  min: 1024,
  max: 65_536,
  description: "Maximum size of all header fields of a request, in bytes.",
});

export const LIMIT_SETTINGS = [
  ...RATE_LIMIT_SETTINGS,
  TRUSTED_PROXIES,
  ...CORS_SETTINGS,
  MAX_URL_BYTES,
  MAX_HEADER_BYTES,
];

/** Reads rates, CORS and the sizes of requests. */
export function readLimitConfig(
  reader: SettingsReader,
  { isPrivate }: { readonly isPrivate: boolean },
): LimitConfig {
  return {
    rateLimit: readRateLimitConfig(reader, isPrivate),
    cors: readCorsConfig(reader),
    maxUrlBytes: reader.read(MAX_URL_BYTES),
    maxHeaderBytes: reader.read(MAX_HEADER_BYTES),
  };
}

import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { booleanSetting, durationSetting, listSetting } from "@archway/service_kit/setting_types.ts";

/** Origins whose scripts may read responses. */
export interface CorsConfig {
  readonly origins: "*" | readonly string[];
  readonly credentials: boolean;
  readonly maxAgeSeconds: number;
}

const ORIGINS = listSetting("CORS_ORIGINS", {
  example: "https://app.example",
  description: "Origins whose scripts may read responses in browsers, or * for all. Disabled if absent.",
});
const CREDENTIALS = booleanSetting("CORS_CREDENTIALS", {
  default: false,
  description: "Whether browsers may send cookies with cross-origin requests.",
});
const MAX_AGE = durationSetting("CORS_MAX_AGE", {
  default: "10m",
  description: "How long browsers may cache the response to a preflight request.",
});

export const CORS_SETTINGS = [ORIGINS, CREDENTIALS, MAX_AGE];

/** Reads the configuration of CORS; undefined if it is disabled. */
export function readCorsConfig(reader: SettingsReader): CorsConfig | undefined {
  const credentials = reader.read(CREDENTIALS);
  const maxAgeSeconds = Math.floor(reader.read(MAX_AGE) / 1000);
  const origins = reader.read(ORIGINS);
  if (origins.length === 0) {
    if (credentials) reader.reject(CREDENTIALS, "needs CORS_ORIGINS");
    return undefined;
  }
  const everyOrigin = origins.length === 1 && origins[0] === "*";
  if (everyOrigin && credentials) {
    reader.reject(CREDENTIALS, "cannot be true for every origin; list the origins in CORS_ORIGINS");
  }
  if (!everyOrigin && !origins.every(isOrigin)) {
    reader.reject(ORIGINS, 'must be * or origins as browsers send them, such as "https://app.example"');
  }
  return { origins: everyOrigin ? "*" : origins, credentials, maxAgeSeconds };
}

/** Whether a text is an origin as browsers write it: lowercase, without a trailing slash or the default port. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text && !text.includes("*");
}

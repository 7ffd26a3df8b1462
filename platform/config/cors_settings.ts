import type { Settings } from "./settings.ts";

/** Whose scripts may read answers. */
export interface CorsConfig {
  readonly origins: "*" | readonly string[];
  readonly credentials: boolean;
  readonly maxAgeSeconds: number;
}

/** Reads `CORS_…`; undefined: it is off. */
export function parseCors(settings: Settings): CorsConfig | undefined {
  const credentials = settings.oneOf("CORS_CREDENTIALS", "false", ["true", "false"]) === "true";
  const maxAgeSeconds = Math.floor(settings.durationMs("CORS_MAX_AGE", "10m") / 1000);
  const origins = settings.list("CORS_ORIGINS");
  if (origins.length === 0) {
    if (credentials) settings.reject("CORS_CREDENTIALS", "needs CORS_ORIGINS");
    return undefined;
  }
  const everyone = origins.length === 1 && origins[0] === "*";
  if (everyone && credentials) {
    settings.reject("CORS_CREDENTIALS", "cannot be true for every origin: name them");
  }
  if (!everyone && !origins.every(isOrigin)) {
    settings.reject(
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

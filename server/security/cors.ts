import type { ApiModule } from "../api_module.ts";
import type { Exchange } from "../request/exchange.ts";

/** Options of cross-origin access. */
export interface CorsOptions {
  /** Allowed origins as browsers send them, e.g. "https://app.example", or "*" for all. */
  readonly origins: "*" | readonly string[];
  /**
   * Whether browsers may send cookies and client certificates; not allowed with "*". Not needed for tokens that a
   * script sends itself.
   *
   * @default {false}
   */
  readonly credentials?: boolean;
  /**
   * Maximum time for browsers to cache a preflight, in seconds. They have upper limits of their own.
   *
   * @default {600}
   */
  readonly maxAgeSeconds?: number;
}

/** Adds the CORS headers to a response (Fetch standard, section 3.2). */
export type SetCorsHeaders = (headers: Headers, exchange: Exchange) => void;

/** Request headers allowed in addition to those of the documents. */
const REQUEST_HEADERS = [
  ...["Authorization", "Content-Type", "If-Match", "If-None-Match"],
  ...["traceparent", "tracestate", "X-Request-Id"],
];

/** Response headers of the server itself that scripts may read, in addition to those of the documents. */
const RESPONSE_HEADERS = [
  ...["Accept-Patch", "Accept-Post", "Accept-Query", "Allow", "Deprecation", "ETag", "Link", "Location"],
  ...["RateLimit", "RateLimit-Policy", "Retry-After", "Sunset", "WWW-Authenticate", "X-Request-Id"],
];

/**
 * Creates the function that adds CORS headers. It needs no routes: a preflight is a regular OPTIONS request, whose
 * methods are those of `Allow`, and which fails for unknown paths. Responses to other origins get no CORS headers.
 */
export function createCors(settings: CorsOptions, modules: readonly ApiModule[]): SetCorsHeaders {
  const { origins, credentials = false, maxAgeSeconds = 600 } = settings;
  const allowed = origins === "*" ? undefined : new Set(origins);
  const requestHeaders = listOf(REQUEST_HEADERS, requestHeadersOf(modules));
  const responseHeaders = listOf(RESPONSE_HEADERS, responseHeadersOf(modules));
  const maxAge = String(maxAgeSeconds);

  return function setCorsHeaders(headers, exchange): void {
    const sent = exchange.request.headers;
    const origin = sent.get("Origin");
    // Set for every response: caches must not reuse it for another origin.
    if (allowed !== undefined) headers.append("Vary", "Origin");
    if (origin === null || allowed?.has(origin) === false) return;
    headers.set("Access-Control-Allow-Origin", allowed === undefined ? "*" : origin);
    if (credentials) headers.set("Access-Control-Allow-Credentials", "true");
    const methods = headers.get("Allow");
    if (exchange.method !== "OPTIONS" || methods === null || !sent.has("Access-Control-Request-Method")) {
      headers.set("Access-Control-Expose-Headers", responseHeaders);
      return;
    }
    headers.set("Access-Control-Allow-Methods", methods);
    headers.set("Access-Control-Allow-Headers", requestHeaders);
    headers.set("Access-Control-Max-Age", maxAge);
  };
}

/** Returns the origins whose pages may use credentials that browsers send by themselves. */
export function trustedOrigins(settings: CorsOptions | undefined): ReadonlySet<string> {
  return new Set(settings?.credentials === true && settings.origins !== "*" ? settings.origins : []);
}

function requestHeadersOf(modules: readonly ApiModule[]): readonly string[] {
  return modules.flatMap(({ routes }) =>
    routes.flatMap(({ operation }) => [
      ...operation.parameters.filter((parameter) => parameter.in === "header").map(({ name }) => name),
      ...operation.security.flat().flatMap((scheme) =>
        scheme.kind === "apiKey" && scheme.in === "header" ? [scheme.name] : []
      ),
    ])
  );
}

function responseHeadersOf(modules: readonly ApiModule[]): readonly string[] {
  return modules.flatMap(({ routes }) =>
    routes.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ headers }) => headers.map(({ name }) => name))
    )
  );
}

/** Joins names case-insensitively without duplicates. */
function listOf(...names: (readonly string[])[]): string {
  const byLowerCase = new Map(names.flat().map((name) => [name.toLowerCase(), name]));
  return [...byLowerCase.values()].join(", ");
}

import type { ApiModule } from "../api_module.ts";
import type { Exchange } from "../request/exchange.ts";

/** Whose scripts may read answers. */
export interface CorsOptions {
  /** Origins as browsers send them, e.g. "https://app.example", or "*" for every one. */
  readonly origins: "*" | readonly string[];
  /**
   * Whether browsers may send cookies and certificates along; never with "*". Tokens that a script sends itself need
   * it not.
   * @default {false}
   */
  readonly credentials?: boolean;
  /**
   * How long a browser may remember what a preflight told, in seconds. Browsers have a limit of their own.
   * @default {600}
   */
  readonly maxAgeSeconds?: number;
}

/** Adds to an answer what its client's browser wants to know (Fetch standard, section 3.2). */
export type SetCorsHeaders = (headers: Headers, exchange: Exchange) => void;

/** What requests may carry whatever the documents say. */
const REQUEST_HEADERS = [
  ...["Authorization", "Content-Type", "If-Match", "If-None-Match"],
  ...["traceparent", "tracestate", "X-Request-Id"],
];

/** What the server itself answers with and scripts may read; the rest is told by the documents. */
const RESPONSE_HEADERS = [
  ...["Accept-Patch", "Accept-Post", "Allow", "ETag", "Link", "Location"],
  ...["RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-Id"],
];

/**
 * Prepares the headers of cross-origin requests. They are put on answers and are no answer themselves: a preflight is
 * the OPTIONS that there is anyway, its methods are those of `Allow`, and where nothing is found it fails. An origin
 * that is not among those allowed is told nothing.
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
    // Kept apart in caches also where nothing is allowed: the answer to another origin differs.
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

function requestHeadersOf(modules: readonly ApiModule[]): readonly string[] {
  return modules.flatMap(({ routes }) =>
    routes.flatMap(({ operation }) =>
      operation.parameters.filter((parameter) => parameter.in === "header").map(({ name }) => name)
    )
  );
}

function responseHeadersOf(modules: readonly ApiModule[]): readonly string[] {
  return modules.flatMap(({ routes }) =>
    routes.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ headers }) => headers.map(({ name }) => name))
    )
  );
}

/** A list of names, each once whatever its letter case. */
function listOf(...names: (readonly string[])[]): string {
  const byLowerCase = new Map(names.flat().map((name) => [name.toLowerCase(), name]));
  return [...byLowerCase.values()].join(", ");
}

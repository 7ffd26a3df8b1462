import { Problem } from "../problem.ts";
import { createCatalog } from "../problems/problem_response.ts";
import { createRecovery } from "../problems/recovery.ts";
import type { Serve } from "../request_observer.ts";
import { createRouter } from "../routing/router.ts";
import { createCors } from "../security/cors.ts";
import type { ServerOptions } from "../server_options.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Exchange } from "./exchange.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { checkLimits } from "./request_head.ts";
import type { OpenStreams } from "../streams/open_streams.ts";

/** Dependencies that the pipeline shares with the server. */
export interface PipelineDependencies {
  readonly lifecycle: Lifecycle;
  readonly readDeadlines: Deadlines;
  readonly writeDeadlines: Deadlines;
  /** Duration after which a request starts to watch for its client's disconnect. */
  readonly clientDeadlines: Deadlines;
  readonly streams: OpenStreams;
}

/**
 * Creates the request pipeline. The request ID is assigned before (exchange.ts); then, in order:
 *
 * 1. deadline: 503 when it passes, and the signal of the exchange aborts;
 * 2. recovery: converts every error thrown below to a problem;
 * 3. limits: 501, 414, 431;
 * 4. custom middleware, then routing: 404, 405, OPTIONS, HEAD (routing/router.ts);
 * 5. operation (strict/compile_operation.ts): 429, 401, 403, 406, 415, body, parameters, validation, handler, response;
 * 6. headers of every response: for browsers, rate limits, and deprecation.
 */
export function createPipeline(settings: ServerOptions, dependencies: PipelineDependencies): Serve {
  const { modules, logger } = settings;
  const recover = createRecovery({ modules, logger, catalog: createCatalog(modules) });
  const router = createRouter(settings, dependencies);
  const finish = createFinish(settings);
  const { lifecycle } = dependencies;

  function start(exchange: Exchange): Response | Promise<Response> {
    if (lifecycle.phase === "closing" && !lifecycle.handsOver) throw stopping();
    checkLimits(exchange, settings);
    return router.fetch(exchange.request, exchange);
  }

  return function serve(exchange): Promise<Response> {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const pass = (): void => {
      deadline.cancel();
      clearTimeout(ownDeadline);
      // Logged before the work is cancelled, which then has nothing to log.
      const response = recover(deadlinePassed(), exchange);
      exchange.abort(new DOMException("The request timed out", "TimeoutError"));
      resolve(finish(response, exchange));
    };
    const deadline = dependencies.writeDeadlines.start(pass);
    exchange.deadline = deadline;
    const { respondWithinMs } = exchange;
    const ownDeadline = respondWithinMs === undefined ? undefined : setTimeout(pass, respondWithinMs);
    const client = dependencies.clientDeadlines.start(() => exchange.watchClient());
    function succeed(result: Response): void {
      deadline.cancel();
      if (ownDeadline !== undefined) clearTimeout(ownDeadline);
      client.cancel();
      const response = finish(exchange.hasUnknownLength ? withoutLength(result) : result, exchange);
      const { incoming } = exchange;
      if (incoming !== undefined) incoming.close();
      if (dependencies.lifecycle.closesConnections || incoming?.hasEnded === false) {
        response.headers.set("Connection", "close");
      }
      resolve(response);
    }
    function fail(error: unknown): void {
      succeed(recover(error, exchange));
    }
    try {
      const started = start(exchange);
      if (started instanceof Response) succeed(started);
      else started.then(succeed, fail);
    } catch (error) {
      fail(error);
    }
    return promise;
  };
}

function stopping(): Problem {
  return new Problem(503, "unavailable", {
    detail: "The server is shutting down",
    headers: { "Retry-After": "1", Connection: "close" },
  });
}

function deadlinePassed(): Problem {
  return new Problem(503, "deadline-passed", {
    detail: "The request exceeded the server's time limit; a change may or may not have been made",
    headers: { "Retry-After": "1" },
  });
}

/** Gives a response to HEAD a body, which is not sent: without one, the platform would send a length of 0. */
function withoutLength({ status, headers }: Response): Response {
  return new Response(ReadableStream.from([new Uint8Array(1)]), { status, headers });
}

/** Sets the headers that every response has, regardless of its origin. */
type FinishResponse = (response: Response, exchange: Exchange) => Response;

/** Creates the last step of the pipeline. */
function createFinish({ cors, modules }: ServerOptions): FinishResponse {
  const setCorsHeaders = cors === undefined ? undefined : createCors(cors, modules);

  function setHeaders(headers: Headers, exchange: Exchange): void {
    setSecurityHeaders(headers, exchange);
    if (exchange.isPrivate) headers.set("Cache-Control", privately(headers.get("Cache-Control")));
    if (exchange.rateLimit !== undefined) {
      headers.set("RateLimit-Policy", exchange.rateLimit.policy);
      headers.set("RateLimit", exchange.rateLimit.state);
    }
    if (exchange.deprecated !== undefined) {
      // A response may have links of its own.
      for (const [name, value] of exchange.deprecated.deprecation ?? []) headers.append(name, value);
    }
    setCorsHeaders?.(headers, exchange);
  }

  return function finishResponse(response, exchange): Response {
    try {
      setHeaders(response.headers, exchange);
      return response;
    } catch (error) {
      // Responses that a middleware fetched are immutable and must be copied (Fetch standard, section 5.1).
      if (!(error instanceof TypeError)) throw error;
      const copy = new Response(response.body, response);
      setHeaders(copy.headers, exchange);
      return copy;
    }
  };
}

/** Adds `private` to a Cache-Control field (RFC 9111, section 5.2.2.7). */
function privately(field: string | null): string {
  if (field === null) return "private";
  return /\b(?:private|no-store)\b/.test(field) ? field : `private, ${field}`;
}

/** Forbids loading, running and framing. The server's own pages need none of it, other responses are not pages. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Matches a response that caches do not use for another request without its own headers. */
const NOT_REUSED = /\bno-(?:cache|store)\b/;

/**
 * Sets the security headers (docs/adr/0015-response-headers.md). Every response forbids media type sniffing. Those that
 * forbid active content, framing, and use by other origins are obeyed by browsers alone, so they are left out for other
 * clients, unless a cache may give the response to a browser.
 */
function setSecurityHeaders(headers: Headers, { fields }: Exchange): void {
  headers.set("X-Content-Type-Options", "nosniff");
  if (!fields.isFromBrowser && NOT_REUSED.test(headers.get("Cache-Control") ?? "")) return;
  setUnlessSet(headers, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
  setUnlessSet(headers, "Cross-Origin-Resource-Policy", "same-origin");
}

function setUnlessSet(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value);
}

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

/** What a pipeline shares with the server around it. */
export interface PipelineDependencies {
  readonly lifecycle: Lifecycle;
  readonly readDeadlines: Deadlines;
  readonly writeDeadlines: Deadlines;
  /** When a request has lasted long enough to be worth asking whether its client still waits. */
  readonly clientDeadlines: Deadlines;
}

/**
 * The way of a request, in order. It comes with its id (exchange.ts); then
 *
 * 1. deadline: 503 when it passes, and the signal of the exchange aborts;
 * 2. recovery: whatever is thrown below becomes a problem here and nowhere else;
 * 3. limits: 501, 414, 431;
 * 4. middleware that was plugged in, then routing: 404, 405, OPTIONS, HEAD (routing/router.ts);
 * 5. the operation (strict/compile_operation.ts): 429, 401, 403, 406, 415, body, parameters, validation, handler, response;
 * 6. what every answer has: for browsers, and what is left of a rate.
 */
export function createPipeline(settings: ServerOptions, parts: PipelineDependencies): Serve {
  const { modules, logger } = settings;
  const recover = createRecovery({ modules, logger, catalog: createCatalog(modules) });
  const router = createRouter(settings, parts);
  const finish = createFinish(settings);

  function start(exchange: Exchange): Response | Promise<Response> {
    if (parts.lifecycle.phase === "closing") throw stopping();
    checkLimits(exchange, settings);
    return router.fetch(exchange.request, exchange);
  }

  return function serve(exchange): Promise<Response> {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const deadline = parts.writeDeadlines.start(() => {
      exchange.abort(new DOMException("The deadline of the request has passed", "TimeoutError"));
      resolve(finish(recover(deadlinePassed(), exchange), exchange));
    });
    const client = parts.clientDeadlines.start(() => exchange.watchClient());
    function succeed(answer: Response): void {
      deadline.cancel();
      client.cancel();
      const response = finish(answer, exchange);
      // Sent away while there is still time: the next request of this client goes to another instance.
      if (parts.lifecycle.phase !== "serving") response.headers.set("Connection", "close");
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

/** Puts on an answer what every answer has, wherever on the way it was made. */
type FinishResponse = (response: Response, exchange: Exchange) => Response;

/** Prepares the last step of the way of a request. */
function createFinish({ cors, modules }: ServerOptions): FinishResponse {
  const setCorsHeaders = cors === undefined ? undefined : createCors(cors, modules);

  function setHeaders(headers: Headers, exchange: Exchange): void {
    setSecurityHeaders(headers);
    if (exchange.rateLimit !== undefined) {
      headers.set("RateLimit-Policy", exchange.rateLimit.policy);
      headers.set("RateLimit", exchange.rateLimit.state);
    }
    setCorsHeaders?.(headers, exchange);
  }

  return function finishResponse(response, exchange): Response {
    try {
      setHeaders(response.headers, exchange);
      return response;
    } catch (error) {
      // What a middleware fetched from somewhere else cannot be changed, only copied (Fetch standard, section 5.1).
      if (!(error instanceof TypeError)) throw error;
      const copy = new Response(response.body, response);
      setHeaders(copy.headers, exchange);
      return copy;
    }
  };
}

/** Nothing may be loaded, run or framed: neither by a page of the server, which needs nothing, nor by what is no page. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Sets what every answer tells browsers (OWASP, "REST Security Cheat Sheet"): not to guess another media type, not to
 * show it with anything active or inside another page, and not to hand it to other origins unasked. An answer that
 * says the latter two for itself keeps what it says. Each field costs a request about a microsecond, so there are no
 * more: what is left out matters for pages with links, scripts or features of the browser.
 */
function setSecurityHeaders(headers: Headers): void {
  headers.set("X-Content-Type-Options", "nosniff");
  setUnlessSet(headers, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
  setUnlessSet(headers, "Cross-Origin-Resource-Policy", "same-origin");
}

function setUnlessSet(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value);
}

import { Hono } from "@hono/hono";
import type { Deadlines } from "./deadlines.ts";
import { documentEndpoint } from "../routing/document_endpoint.ts";
import { checkOperationPolicies } from "../rate_limit/enforce_rate_limit.ts";
import type { Exchange } from "./exchange.ts";
import { createFinish } from "./finish_response.ts";
import { healthEndpoints } from "../health/health_endpoints.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { checkLimits } from "./limits.ts";
import { byConcreteness, honoPath } from "../routing/path_template.ts";
import { Problem } from "../problem.ts";
import { createCatalog } from "../problems/problem_catalog.ts";
import { problemPages } from "../problems/problem_pages.ts";
import { createRecovery, createRefusals } from "../problems/recovery.ts";
import type { Serve } from "../request_observer.ts";
import { gatherResources, optionsResponse, type Resource } from "../routing/resource.ts";
import type { PipelineEnv, ServerSettings } from "../server_options.ts";
import { compileOperation } from "../strict/compile_operation.ts";

/** What a pipeline shares with the server around it. */
export interface PipelineParts {
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
 * 4. middleware that was plugged in, then routing: 404, 405, OPTIONS, HEAD (resource.ts);
 * 5. the operation (strict/compile_operation.ts): 429, 401, 403, 406, 415, body, parameters, validation, handler, response;
 * 6. what every answer has (finish_response.ts).
 */
export function createPipeline(settings: ServerSettings, parts: PipelineParts): Serve {
  const { modules, logger } = settings;
  const recover = createRecovery({ modules, logger, catalog: createCatalog(modules) });
  const app = createApp(settings, parts);
  const finish = createFinish(settings);

  function start(exchange: Exchange): Response | Promise<Response> {
    if (parts.lifecycle.phase === "closing") throw stopping();
    checkLimits(exchange, settings);
    return app.fetch(exchange.request, exchange);
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

function createApp(settings: ServerSettings, parts: PipelineParts): Hono<PipelineEnv> {
  const { modules, readiness, middlewares, maxBodyBytes, validateResponses, authenticator, rateLimit } =
    settings;
  const refusal = createRefusals({ modules, catalog: createCatalog(modules) });
  checkOperationPolicies(rateLimit, modules);
  const app = new Hono<PipelineEnv>({ getPath: (_request, options) => options?.env?.path ?? "" });
  for (const middleware of middlewares) app.use(middleware);
  for (const { path, serve } of resources()) {
    app.all(honoPath(path), (c) => {
      c.env.route = path;
      return serve(c.env);
    });
  }
  app.options("*", (c) => {
    // "OPTIONS *" asks about the server as a whole (RFC 9110, section 9.3.7).
    if (c.env.path !== "/*") throw new Problem(404, "not-found");
    return optionsResponse({ Allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" }, c.env);
  });
  app.notFound(() => {
    throw new Problem(404, "not-found");
  });
  app.onError((error) => {
    throw error;
  });
  return app;

  function resources(): Resource[] {
    const operations = modules.flatMap((module) =>
      module.routes.map((route) =>
        compileOperation(route, {
          maxBodyBytes,
          validateResponses,
          authenticator,
          rateLimit,
          idempotency: settings.idempotency,
          refusal,
          readDeadlines: parts.readDeadlines,
        })
      )
    );
    return gatherResources([
      ...healthEndpoints(readiness, parts.lifecycle),
      problemPages(createCatalog(modules)),
      ...modules.map(documentEndpoint),
      ...operations,
    ]).sort((a, b) => byConcreteness(a.path, b.path));
  }
}

function stopping(): Problem {
  return new Problem(503, "unavailable", {
    detail: "The server is stopping",
    headers: { "Retry-After": "1", Connection: "close" },
  });
}

function deadlinePassed(): Problem {
  return new Problem(503, "deadline-passed", { headers: { "Retry-After": "1" } });
}

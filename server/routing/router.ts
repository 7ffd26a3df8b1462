import { Hono } from "@hono/hono";
import { DeprecatedUses } from "../deprecation/deprecated_uses.ts";
import { documentEndpoints } from "../documents/document_endpoints.ts";
import { healthEndpoints } from "../health/health_endpoints.ts";
import { Problem } from "../problem.ts";
import { problemPages } from "../problems/problem_pages.ts";
import { createCatalog } from "../problems/problem_response.ts";
import { createRecovery, createRefusals } from "../problems/recovery.ts";
import { checkOperationPolicies } from "../rate_limit/enforce_rate_limit.ts";
import type { Deadlines } from "../request/deadlines.ts";
import type { Lifecycle } from "../request/lifecycle.ts";
import { trustedOrigins } from "../security/cors.ts";
import type { PipelineEnv, ServerOptions } from "../server_options.ts";
import type { OpenStreams } from "../streams/open_streams.ts";
import { type CompiledOperation, compileOperation } from "../strict/compile_operation.ts";
import { connectModules } from "../strict/connect_modules.ts";
import { pageEndpoints } from "../pages/page_endpoints.ts";
import { browserEndpoints } from "./browser_endpoints.ts";
import { byConcreteness, gatherResources, honoPath, optionsResponse, type Resource } from "./resource.ts";

/** Dependencies that the routes share with the server. */
export interface RouterOptions {
  readonly lifecycle: Lifecycle;
  /** Deadlines for request bodies. */
  readonly readDeadlines: Deadlines;
  readonly streams: OpenStreams;
}

/**
 * Creates the routes of the server, all behind the custom middleware. They are the operations of every API, the
 * documents, the problem pages, the health endpoints, and files that browsers request.
 */
export function createRouter(
  settings: ServerOptions,
  { lifecycle, readDeadlines, streams }: RouterOptions,
): Hono<PipelineEnv> {
  const { modules, readiness, middlewares, maxBodyBytes, validateResponses, rateLimit } = settings;
  const authentication = {
    authenticator: settings.authenticator,
    credentialAuthenticator: settings.credentialAuthenticator,
    certificateHeader: settings.certificateHeader,
    trustedOrigins: trustedOrigins(settings.cors),
  };
  const deprecatedUses = new DeprecatedUses({ logger: settings.logger });
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
    // "OPTIONS *" refers to the server as a whole (RFC 9110, section 9.3.7).
    if (c.env.path !== "/*") throw notFound();
    return optionsResponse({ Allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" }, c.env);
  });
  app.notFound(() => {
    throw notFound();
  });
  app.onError((error) => {
    throw error;
  });
  return app;

  function resources(): Resource[] {
    const operations: (CompiledOperation & { readonly api: string })[] = modules.flatMap((module) =>
      module.routes.map((route) => ({
        ...compileOperation(route, {
          maxBodyBytes,
          validateResponses,
          authentication,
          rateLimit,
          idempotency: settings.idempotency,
          refusal,
          readDeadlines,
          streams,
          deprecatedUses,
        }),
        api: module.name,
      }))
    );
    connectModules(modules, operations.map(({ call }) => call), {
      isAuthenticated: authentication.authenticator !== undefined ||
        authentication.credentialAuthenticator !== undefined,
      recover: createRecovery({ modules, catalog: createCatalog(modules), logger: settings.logger }),
    });
    return gatherResources([
      ...healthEndpoints(readiness, lifecycle),
      problemPages(createCatalog(modules)),
      ...(settings.documents ? documentEndpoints(modules) : []),
      ...pageEndpoints(settings, operations),
      ...browserEndpoints(operations),
      ...operations,
    ]).sort((a, b) => byConcreteness(a.path, b.path));
  }
}

function notFound(): Problem {
  return new Problem(404, "not-found", { detail: "No resource exists at this path" });
}

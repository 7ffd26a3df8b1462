import type { Health, HealthCheck, ReadinessCheck } from "../health.ts";
import { Problem } from "../problem.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Lifecycle } from "../request/lifecycle.ts";
import type { Endpoint } from "../routing/resource.ts";
import { ReadinessChecks } from "./readiness_checks.ts";

const VERBOSE = /(?:^|&)verbose(?:[=&]|$)/;

/** Creates `/livez`, `/readyz` and `/healthz`, which are for orchestrators and never cached. */
export function healthEndpoints(readiness: readonly ReadinessCheck[], lifecycle: Lifecycle): Endpoint[] {
  const shared = new ReadinessChecks(readiness);
  return [
    {
      method: "GET",
      path: "/livez",
      handle: (exchange) => healthResponse({ status: "ok" }, exchange),
    },
    {
      method: "GET",
      path: "/readyz",
      async handle(exchange): Promise<Response> {
        const checks = await runChecks(shared, lifecycle, exchange.signal);
        const status = worst(checks);
        return healthResponse(VERBOSE.test(exchange.query) ? { status, checks } : { status }, exchange);
      },
    },
    {
      method: "GET",
      path: "/healthz",
      async handle(exchange): Promise<Response> {
        const status = worst(await runChecks(shared, lifecycle, exchange.signal));
        if (status === "unavailable") {
          throw new Problem(503, "unavailable", {
            detail: "The service is not ready; see /readyz?verbose",
            headers: { "Retry-After": "1" },
          });
        }
        const response = new Response(null, { status: 204 });
        response.headers.set("Cache-Control", "no-store");
        response.headers.set("X-Request-Id", exchange.requestId);
        return response;
      },
    },
  ];
}

async function runChecks(
  readiness: ReadinessChecks,
  lifecycle: Lifecycle,
  signal: AbortSignal,
): Promise<readonly HealthCheck[]> {
  if (lifecycle.phase !== "serving" && !lifecycle.handsOver) {
    return [{ name: "server", status: "unavailable", reason: "The server is shutting down" }];
  }
  return [{ name: "server", status: "ok" }, ...await readiness.run(signal)];
}

function worst(checks: readonly HealthCheck[]): HealthCheck["status"] {
  if (checks.some(({ status }) => status === "unavailable")) return "unavailable";
  return checks.some(({ status }) => status === "degraded") ? "degraded" : "ok";
}

function healthResponse(health: Health, exchange: Exchange): Response {
  const body = JSON.stringify(health);
  exchange.body = body;
  const isHead = exchange.method === "HEAD";
  const response = new Response(isHead ? null : body, {
    status: health.status === "unavailable" ? 503 : 200,
  });
  response.headers.set("Content-Type", "application/json");
  // The platform sets the length of what it sends; for HEAD it sends no body.
  if (isHead) response.headers.set("Content-Length", String(new TextEncoder().encode(body).length));
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Request-Id", exchange.requestId);
  return response;
}

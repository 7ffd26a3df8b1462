import type { Exchange } from "../request/exchange.ts";
import { allowHeader } from "../methods.ts";
import { Problem } from "../problem.ts";

/** Serves one method of a path. What it throws is recovered by the pipeline. */
export type Handler = (exchange: Exchange) => Response | Promise<Response>;

/** One method of one path, before it is mounted. */
export interface Endpoint {
  readonly method: string;
  /** The path template, e.g. "/v1/profiles/{id}". */
  readonly path: string;
  readonly handle: Handler;
  /** The media types of the bodies it takes, for OPTIONS. */
  readonly accepts?: readonly string[];
}

/** A path with everything that is served there. */
export interface Resource {
  readonly path: string;
  readonly serve: Handler;
}

/**
 * Gathers endpoints by path and adds what every resource has: HEAD where there is GET, OPTIONS, and 405 for the other
 * methods (RFC 9110, sections 9.3.2, 9.3.7 and 15.5.6).
 * @throws {Error} when a method of a path is given twice.
 */
export function gatherResources(endpoints: readonly Endpoint[]): Resource[] {
  const byPath = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const key = endpoint.path.replaceAll(/\{[^{}]*\}/g, "{}");
    const others = byPath.get(key) ?? [];
    if (others.some((other) => other.method === endpoint.method)) {
      throw new Error(`Two operations serve ${endpoint.method} ${endpoint.path}`);
    }
    byPath.set(key, [...others, endpoint]);
  }
  return [...byPath.values()].map(makeResource);
}

function makeResource(endpoints: readonly Endpoint[]): Resource {
  const handlers = new Map(endpoints.map(({ method, handle }) => [method, handle]));
  const get = handlers.get("GET");
  if (get !== undefined) handlers.set("HEAD", get);
  const headers: Record<string, string> = { Allow: allowHeader(handlers.keys()) };
  const discovery: Record<string, string> = { ...headers };
  for (const { method, accepts = [] } of endpoints) {
    if (accepts.length === 0) continue;
    if (method === "PATCH") discovery["Accept-Patch"] = accepts.join(", ");
    if (method === "POST") discovery["Accept-Post"] = accepts.join(", ");
  }
  return {
    path: endpoints[0]?.path ?? "",
    serve(exchange): Response | Promise<Response> {
      const handle = handlers.get(exchange.method);
      if (handle !== undefined) return handle(exchange);
      if (exchange.method === "OPTIONS") return optionsResponse(discovery, exchange);
      throw new Problem(405, "method-not-allowed", { headers });
    },
  };
}

/** A 204 that tells what a resource offers. */
export function optionsResponse(discovery: Readonly<Record<string, string>>, exchange: Exchange): Response {
  const response = new Response(null, { status: 204 });
  for (const [name, value] of Object.entries(discovery)) response.headers.set(name, value);
  response.headers.set("X-Request-Id", exchange.requestId);
  return response;
}

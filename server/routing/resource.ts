import { ApiConflictError } from "../api_module.ts";
import { allowHeader } from "../methods.ts";
import { Problem } from "../problem.ts";
import type { Exchange } from "../request/exchange.ts";

/** Handles one method of a path; errors it throws become problems. */
export type Handler = (exchange: Exchange) => Response | Promise<Response>;

/** Method and path with its handler, before it is mounted. */
export interface Endpoint {
  readonly method: string;
  /** Path template, e.g. "/v1/profiles/{id}". */
  readonly path: string;
  readonly handle: Handler;
  /** Media types of request bodies, for OPTIONS. */
  readonly accepts?: readonly string[];
  /** Name of the API; absent for endpoints of the server itself. */
  readonly api?: string;
}

/** Path with all of its methods. */
export interface Resource {
  readonly path: string;
  readonly serve: Handler;
}

/**
 * Groups endpoints by path and adds HEAD, OPTIONS and 405 responses. HEAD is added where there is GET (RFC 9110,
 * sections 9.3.2, 9.3.7 and 15.5.6).
 *
 * @throws {ApiConflictError} if two endpoints have the same method and path.
 */
export function gatherResources(endpoints: readonly Endpoint[]): Resource[] {
  const byPath = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const key = endpoint.path.replaceAll(/\{[^{}]*\}/g, "{}");
    const others = byPath.get(key) ?? [];
    const other = others.find(({ method }) => method === endpoint.method);
    if (other !== undefined) throw conflict(other, endpoint);
    byPath.set(key, [...others, endpoint]);
  }
  return [...byPath.values()].map(makeResource);
}

function conflict(first: Endpoint, second: Endpoint): ApiConflictError {
  const owner = ({ api }: Endpoint): string =>
    api === undefined ? "the server itself" : `the API ${JSON.stringify(api)}`;
  const advice = first.api === second.api
    ? "give each API another name and other paths"
    : first.api === undefined || second.api === undefined
    ? "exclude the operation in the cfg of the API's document (exclude or exclude-tags), and run deno task gen"
    : "exclude the operation in the cfg of one document, or set its base-path, and run deno task gen";
  return new ApiConflictError(
    `Two operations serve ${second.method} ${second.path}: one of ${owner(first)} (${first.path}), ` +
      `one of ${owner(second)}; ${advice}`,
  );
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
    if (method === "QUERY") discovery["Accept-Query"] = accepts.join(", ");
    if (method === "POST") discovery["Accept-Post"] = accepts.join(", ");
  }
  return {
    path: endpoints[0]?.path ?? "",
    serve(exchange): Response | Promise<Response> {
      const handle = handlers.get(exchange.method);
      if (handle !== undefined) return handle(exchange);
      if (exchange.method === "OPTIONS") return optionsResponse(discovery, exchange);
      throw new Problem(405, "method-not-allowed", {
        detail: `The resource supports ${headers["Allow"]}`,
        headers,
      });
    },
  };
}

/** Returns a 204 with the capabilities of a resource. */
export function optionsResponse(discovery: Readonly<Record<string, string>>, exchange: Exchange): Response {
  const response = new Response(null, { status: 204 });
  for (const [name, value] of Object.entries(discovery)) response.headers.set(name, value);
  response.headers.set("X-Request-Id", exchange.requestId);
  return response;
}

const VARIABLE = /\{([^{}]*)\}/g;

/**
 * Returns a function from a path to its raw variables. It returns undefined if the path does not match the template.
 */
export function compilePath(
  template: string,
): (path: string) => Readonly<Record<string, string>> | undefined {
  const names = [...template.matchAll(VARIABLE)].map((match) => match[1] ?? "");
  if (names.length === 0) return () => ({});
  const pattern = new RegExp(`^${template.split(VARIABLE).map(segmentPattern).join("")}$`);
  return function readPath(path): Readonly<Record<string, string>> | undefined {
    const match = pattern.exec(path);
    if (match === null) return undefined;
    const variables: Record<string, string> = {};
    for (let i = 0; i < names.length; i++) variables[names[i] ?? ""] = match[i + 1] ?? "";
    return variables;
  };
}

/** Converts a template to Hono's notation. A variable within a segment becomes a pattern. */
export function honoPath(template: string): string {
  return template.split("/").map((segment, index) => {
    if (!segment.includes("{")) return segment;
    if (/^\{[^{}]*\}$/.test(segment)) return `:v${index}`;
    return `:v${index}{${
      segment.split(VARIABLE).map((part, i) => i % 2 === 0 ? escape(part) : "[^/]+").join("")
    }}`;
  }).join("/");
}

/** Compares templates by how concrete they are; the more concrete one comes first (OpenAPI 3.1, 4.8.8.1). */
export function byConcreteness(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = variability(left[i] ?? "") - variability(right[i] ?? "");
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function variability(segment: string): number {
  return !segment.includes("{") ? 0 : /^\{[^{}]*\}$/.test(segment) ? 2 : 1;
}

function segmentPattern(part: string, index: number): string {
  return index % 2 === 0 ? escape(part) : "([^/]+)";
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

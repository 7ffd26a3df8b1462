import { STATUS_TEXT } from "@std/http/status";
import type { ApiModule, ProblemType } from "../api_module.ts";
import type { Problem } from "../problem.ts";
import type { Exchange } from "../request/exchange.ts";
import { newRequestId } from "../request/request_head.ts";
import { SERVER_PROBLEM_TYPES } from "./problem_types.ts";

const encoder = new TextEncoder();

/** Problem types by slug. */
export type ProblemCatalog = ReadonlyMap<string, ProblemType>;

/** Returns the unique URI of a problem occurrence. It is the request ID, or a new one if the client chose that. */
export function instanceOf(exchange: Exchange): string {
  return `urn:uuid:${exchange.ownRequestId ? exchange.requestId : newRequestId()}`;
}

/**
 * Serializes a problem as `application/problem+json` (RFC 9457). Its `type` is relative and so independent of the
 * deployment; an unregistered slug becomes "about:blank", titled with the reason phrase of the status.
 */
export function problemResponse(
  problem: Problem,
  exchange: Exchange,
  { catalog, instance }: { catalog: ProblemCatalog; instance: string },
): Response {
  const type = catalog.get(problem.slug);
  const body = JSON.stringify({
    type: type === undefined ? "about:blank" : `/problems/${type.slug}`,
    title: type?.title ?? STATUS_TEXT[problem.status] ?? "Error",
    status: problem.status,
    detail: problem.detail,
    instance,
    requestId: exchange.requestId,
    traceId: exchange.traceId,
    invalidParams: problem.invalidParams,
  });
  exchange.body = body;
  const response = new Response(exchange.method === "HEAD" ? null : body, { status: problem.status });
  const { headers } = response;
  headers.set("Content-Type", "application/problem+json");
  // The platform sets the length of what it sends; for HEAD it sends no body.
  if (exchange.method === "HEAD") headers.set("Content-Length", String(encoder.encode(body).length));
  // no-transform, as in write_response.ts: proxies must not alter the ETag of a 412.
  headers.set("Cache-Control", "no-store, no-transform");
  headers.set("X-Request-Id", exchange.requestId);
  for (const [name, value] of Object.entries(problem.headers)) headers.set(name, value);
  return response;
}

/**
 * Collects the problem types of the server and of all modules.
 *
 * @throws {Error} if two of them share a slug but differ.
 */
export function createCatalog(modules: readonly ApiModule[]): ProblemCatalog {
  const catalog = new Map<string, ProblemType>();
  for (const type of [...SERVER_PROBLEM_TYPES, ...modules.flatMap((module) => module.problemTypes)]) {
    const other = catalog.get(type.slug);
    const differs = other !== undefined &&
      (other.title !== type.title || other.status !== type.status || other.detail !== type.detail);
    if (differs) {
      throw new Error(
        `Two problem types have the slug "${type.slug}" with another title, status or detail; rename one of them`,
      );
    }
    catalog.set(type.slug, other ?? type);
  }
  return catalog;
}

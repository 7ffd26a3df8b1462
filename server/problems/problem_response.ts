import { STATUS_TEXT } from "@std/http/status";
import type { ApiModule, ProblemType } from "../api_module.ts";
import type { Problem } from "../problem.ts";
import type { Exchange } from "../request/exchange.ts";
import { newRequestId } from "../request/request_head.ts";
import { SERVER_PROBLEM_TYPES } from "./problem_types.ts";

const encoder = new TextEncoder();

/** The problem types there are, by their slug. */
export type ProblemCatalog = ReadonlyMap<string, ProblemType>;

/** The unique URI of one occurrence of a problem: that of the request, unless its client chose the request's id. */
export function instanceOf(exchange: Exchange): string {
  return `urn:uuid:${exchange.ownRequestId ? exchange.requestId : newRequestId()}`;
}

/**
 * Writes a problem as `application/problem+json` (RFC 9457). Its `type` is relative, so it is the same wherever the
 * program runs; a slug that is not in the catalog gives "about:blank" and the reason phrase of the status as title.
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
  // The platform counts what it sends, but nothing is sent for HEAD.
  if (exchange.method === "HEAD") headers.set("Content-Length", String(encoder.encode(body).length));
  // As in write_response.ts: the ETag of what is current now has to arrive as it is.
  headers.set("Cache-Control", "no-store, no-transform");
  headers.set("X-Request-Id", exchange.requestId);
  for (const [name, value] of Object.entries(problem.headers)) headers.set(name, value);
  return response;
}

/**
 * The problem types of the server and of all modules.
 * @throws {Error} when two of them share a slug and differ.
 */
export function createCatalog(modules: readonly ApiModule[]): ProblemCatalog {
  const catalog = new Map<string, ProblemType>();
  for (const type of [...SERVER_PROBLEM_TYPES, ...modules.flatMap((module) => module.problemTypes)]) {
    const other = catalog.get(type.slug);
    if (other !== undefined && (other.title !== type.title || other.status !== type.status)) {
      throw new Error(`Two problem types have the slug ${type.slug}`);
    }
    catalog.set(type.slug, other ?? type);
  }
  return catalog;
}

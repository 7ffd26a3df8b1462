import { eTag } from "@std/http/etag";
import { Problem } from "../problem.ts";
import { createNegotiation, isNotModified } from "../representation/response.ts";
import type { Exchange } from "../request/exchange.ts";

/** Text of a page or of one of its files. */
export interface Page {
  readonly text: string;
  /** Media type without parameters; texts are UTF-8. */
  readonly type: string;
  /**
   * Content-Security-Policy, in place of the one that forbids everything.
   *
   * @default undefined
   */
  readonly policy?: string;
  /** Whether it depends on the `Accept` header. @default {false} */
  readonly varies?: boolean;
}

/** Responds with a page, or with 304 to a client that has it. */
export async function pageResponse(page: Page, exchange: Exchange): Promise<Response> {
  const bytes = new TextEncoder().encode(page.text);
  const etag = await eTag(bytes);
  const isKnown = isNotModified(exchange, etag);
  const response = new Response(isKnown || exchange.method === "HEAD" ? null : bytes, {
    status: isKnown ? 304 : 200,
  });
  const { headers } = response;
  if (!isKnown) {
    exchange.body = bytes;
    headers.set("Content-Type", page.type === "application/json" ? page.type : `${page.type}; charset=utf-8`);
    headers.set("Content-Length", String(bytes.length));
  }
  headers.set("ETag", etag);
  // no-transform, as in response.ts: a strong tag identifies exact bytes.
  headers.set("Cache-Control", "no-cache, no-transform");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("X-Request-Id", exchange.requestId);
  if (page.policy !== undefined) headers.set("Content-Security-Policy", page.policy);
  if (page.varies === true) headers.set("Vary", "Accept");
  return response;
}

const negotiate = createNegotiation(["application/json", "text/html"]);

/**
 * Returns the type of a page that exists as JSON too, by the `Accept` header.
 *
 * @throws {Problem} 406 if the client accepts neither.
 */
export function pageOrJson({ fields }: Exchange): "application/json" | "text/html" {
  const type = negotiate(fields.accept);
  if (type === "application/json" || type === "text/html") return type;
  throw new Problem(406, "not-acceptable", {
    detail: "Available as application/json and text/html",
    headers: { Vary: "Accept" },
  });
}

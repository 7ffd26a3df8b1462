import { Problem } from "../problem.ts";
import { createNegotiation } from "../representation/response.ts";
import { contentResponse, tagContent, type TaggedContent } from "../representation/tagged_content.ts";
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

/** Encodes a page and determines its tag. */
export function tagPage({ text, type, policy, varies = false }: Page): Promise<TaggedContent> {
  return tagContent(text, {
    type: type === "application/json" ? type : `${type}; charset=utf-8`,
    headers: {
      "Referrer-Policy": "no-referrer",
      ...(policy !== undefined && { "Content-Security-Policy": policy }),
      ...(varies && { Vary: "Accept" }),
    },
  });
}

/** Responds with a page, or with 304 to a client that has it. */
export async function pageResponse(page: Page, exchange: Exchange): Promise<Response> {
  return contentResponse(await tagPage(page), exchange);
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

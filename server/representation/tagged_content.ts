import { eTag } from "@std/http/etag";
import type { Exchange } from "../request/exchange.ts";
import type { Endpoint } from "../routing/resource.ts";
import { isNotModified } from "./response.ts";

/** Content of the server itself, with its entity tag. */
export interface TaggedContent {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  /** Value of `Content-Type`. */
  readonly type: string;
  /** Further headers, also of a 304. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Encodes a text and determines its tag. */
export async function tagContent(
  text: string,
  { type, headers = {} }: { readonly type: string; readonly headers?: TaggedContent["headers"] },
): Promise<TaggedContent> {
  const bytes = new TextEncoder().encode(text);
  return { bytes, etag: await eTag(bytes), type, headers };
}

/** Responds with content, or with 304 to a client that has it. */
export function contentResponse(
  { bytes, etag, type, headers: own }: TaggedContent,
  exchange: Exchange,
): Response {
  const isKnown = isNotModified(exchange, etag);
  const response = new Response(isKnown || exchange.method === "HEAD" ? null : bytes, {
    status: isKnown ? 304 : 200,
  });
  const { headers } = response;
  if (!isKnown) {
    exchange.body = bytes;
    headers.set("Content-Type", type);
    headers.set("Content-Length", String(bytes.length));
  }
  headers.set("ETag", etag);
  // no-transform, as in response.ts: a strong tag identifies exact bytes.
  headers.set("Cache-Control", "no-cache, no-transform");
  headers.set("X-Request-Id", exchange.requestId);
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return response;
}

/** Creates an endpoint for content that never changes. It is made for the first request. */
export function contentEndpoint(path: string, make: () => Promise<TaggedContent>): Endpoint {
  let made: Promise<TaggedContent> | undefined;
  return {
    method: "GET",
    path,
    handle: async (exchange): Promise<Response> => contentResponse(await (made ??= make()), exchange),
  };
}

/** Returns the base URL of the server without a trailing slash, by the path of the endpoint that was requested. */
export function baseUrl({ url: { origin, pathname } }: Exchange, path: string): string {
  return origin + pathname.slice(0, -path.length);
}

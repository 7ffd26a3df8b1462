import { Buffer } from "node:buffer";
import { acceptsEncodings } from "@std/http/negotiation";
import type { Exchange } from "../request/exchange.ts";
import type { Serve } from "../request_observer.ts";
import { withCoding } from "./coding_suffix.ts";

/** Loaded with the first response that is compressed. */
let zlib: typeof import("node:zlib") | undefined;

/** Fastest level: a page of 200 items takes 0.1 ms (docs/adr/0010-compression.md). */
const LEVEL = 1;

/** Media types of texts. */
const COMPRESSIBLE = /^(?:text\/|application\/(?:(?:[\w.-]+\+)?json|yaml)\b)/;

/**
 * Wraps a server so that it compresses responses of a minimum size for clients that accept gzip, unless they are
 * `no-store`. The tag of a compressed representation has a suffix, which `withoutCoding` removes from requests.
 */
export function compressing(serve: Serve, minBytes: number): Serve {
  return async function compress(exchange): Promise<Response> {
    const response = await serve(exchange);
    if (response.status === 304) return markNotModified(response, exchange);
    const { body } = exchange;
    const { headers } = response;
    // It may contain a secret, which the size of a compressed response could reveal (BREACH).
    if (headers.get("Cache-Control")?.includes("no-store") === true) return response;
    // Shorter in characters than the minimum in bytes is rare enough to be ignored.
    if (body === undefined || body.length < minBytes || headers.has("Content-Encoding")) return response;
    // Ranges are those of the representation that was asked for (RFC 9110, section 14.2).
    if (response.status === 206) return response;
    if (!COMPRESSIBLE.test(headers.get("Content-Type") ?? "")) return response;
    headers.append("Vary", "Accept-Encoding");
    if (acceptsEncodings(exchange.request, "gzip", "identity") !== "gzip") return response;
    zlib ??= await import("node:zlib");
    headers.set("Content-Encoding", "gzip");
    addSuffix(headers);
    const compressed = new Uint8Array(zlib.gzipSync(Buffer.from(body), { level: LEVEL }));
    if (exchange.method === "HEAD") {
      // That of the GET (RFC 9110, section 8.6): without one, the platform sends a length of 0.
      headers.set("Content-Length", String(compressed.length));
      return response;
    }
    headers.delete("Content-Length");
    exchange.body = compressed;
    return new Response(compressed, { status: response.status, headers });
  };
}

/** Sets the tag of the representation that the client has stored (RFC 9111, section 4.3.4). */
function markNotModified(response: Response, { request }: Exchange): Response {
  response.headers.append("Vary", "Accept-Encoding");
  const stored = request.headers.get("If-None-Match");
  const tag = response.headers.get("ETag");
  if (stored !== null && tag !== null && stored.includes(withCoding(tag))) addSuffix(response.headers);
  return response;
}

function addSuffix(headers: Headers): void {
  const tag = headers.get("ETag");
  if (tag !== null) headers.set("ETag", withCoding(tag));
}

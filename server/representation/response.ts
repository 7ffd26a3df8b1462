import { Buffer } from "node:buffer";
import { accepts } from "@std/http/negotiation";
import { jsonText } from "../body/json_text.ts";
import type { Operation, ResponseMediaType, StrictResponse } from "../operation.ts";
import type { Exchange } from "../request/exchange.ts";
import { HeaderCache } from "./header_cache.ts";
import { matchesWeakly, parseEntityTags, parseIfMatch, parseStrongTag } from "./conditional.ts";
import { Problem } from "../problem.ts";
import { covers, isRange } from "./media_type.ts";
import { compileHeaders } from "./write_headers.ts";

const encoder = new TextEncoder();

/** Converts the result of a strict handler to a response. */
export type WriteResponse = (result: StrictResponse, exchange: Exchange) => Response;

/**
 * Prepares the responses of an operation.
 *
 * Headers are set one by one, because passing several to `new Response` costs about five times as much (measured on
 * Deno 2.9).
 */
export function compileResponses(operation: Operation): WriteResponse {
  const mediaTypes = new Map<number, string>();
  const exact = new Map<string, ResponseMediaType>();
  for (const [status, { content }] of Object.entries(operation.responses)) {
    const first = content[0];
    if (first !== undefined) mediaTypes.set(Number(status), first.mediaType);
    for (const media of content) {
      if (media.int64 === "string") exact.set(`${status} ${media.mediaType}`, media);
    }
  }
  const cacheable = operation.method === "GET";
  const varies = isNegotiated(operation);
  const writeHeaders = compileHeaders(operation);

  return function writeResponse(result, exchange): Response {
    const contentType = result.contentType ?? mediaTypes.get(result.status);
    const etag = cacheable && result.status === 200 ? result.headers?.["ETag"] : undefined;
    if (typeof etag === "string" && isNotModified(exchange, etag)) {
      const response = new Response(null, { status: 304 });
      setHeaders(response.headers, result, exchange);
      if (varies) response.headers.set("Vary", "Accept");
      return response;
    }
    if (contentType === undefined || result.body === undefined) {
      const response = new Response(null, { status: result.status });
      setHeaders(response.headers, result, exchange);
      return response;
    }
    const media = exact.size === 0 ? undefined : exact.get(`${result.status} ${contentType}`);
    const body = encodeBody(result.body, { contentType, media });
    exchange.body = body;
    const isHead = exchange.method === "HEAD";
    const response = new Response(isHead ? null : body, {
      status: result.status,
      headers: { "Content-Type": contentType },
    });
    if (varies) response.headers.set("Vary", "Accept");
    // The platform sets the length of what it sends; for HEAD it sends no body.
    if (isHead) response.headers.set("Content-Length", String(byteLength(body)));
    setHeaders(response.headers, result, exchange);
    return response;
  };

  function setHeaders(headers: Headers, { headers: own, status }: StrictResponse, exchange: Exchange): void {
    headers.set("X-Request-Id", exchange.requestId);
    if (own === undefined) return;
    // A strong tag identifies exact bytes, so proxies must neither compress nor serve them without revalidation. Deno
    // before 2.9 compresses responses itself without this.
    if (own["ETag"] !== undefined) headers.set("Cache-Control", "no-cache, no-transform");
    writeHeaders(headers, own, status);
  }
}

/** Returns the media types of the successful responses of an operation. */
export function successMediaTypes({ responses }: Pick<Operation, "responses">): string[] {
  const offers = new Set<string>();
  for (const [status, { content }] of Object.entries(responses)) {
    if (!status.startsWith("2")) continue;
    for (const { mediaType } of content) offers.add(mediaType);
  }
  return [...offers];
}

/** Whether the `Accept` header can change a response: a single type is sent or refused, and a 406 is not stored. */
export function isNegotiated(operation: Pick<Operation, "responses">): boolean {
  const offers = successMediaTypes(operation);
  return offers.length > 1 || offers.some(isRange);
}

function encodeBody(
  body: unknown,
  { contentType, media }: { readonly contentType: string; readonly media: ResponseMediaType | undefined },
): string | Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  if (typeof body === "string" && !isJson(contentType)) return body;
  return jsonText(body, media);
}

function isJson(contentType: string): boolean {
  return contentType.includes("/json") || contentType.includes("+json");
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === "string" ? encoder.encode(body).length : body.length;
}

/**
 * Returns a function from an Accept header to the client's preferred offer. It follows RFC 9110, section 12.5.1, and
 * returns undefined if all offers are excluded. An offer that is a range such as "image/*" is preferred if no other is,
 * and excluded if no type of it is accepted. Clients send few distinct headers, so results are cached.
 */
export function createNegotiation(offers: readonly string[]): (accept: string | null) => string | undefined {
  const first = offers[0];
  const ranges = offers.filter(isRange);
  const cached = new HeaderCache<string | undefined>();
  return function negotiate(accept: string | null): string | undefined {
    // An empty header excludes nothing (RFC 9110, section 5.6.1.2, permits empty lists).
    if (accept === null || accept === "*/*" || accept === first || accept.trim() === "") return first;
    if (cached.has(accept)) return cached.get(accept);
    const request = { headers: new Headers({ accept }) };
    const best = accepts(request, ...offers) ?? rangeOf(accepts(request), ranges);
    cached.set(accept, best);
    return best;
  };
}

/** Returns the first range with a type that is accepted. */
function rangeOf(accepted: readonly string[], ranges: readonly string[]): string | undefined {
  return ranges.find((range) =>
    accepted.some((type) => covers(range, type.toLowerCase()) || covers(type.toLowerCase(), range))
  );
}

/** Returns the size of a response's body in bytes as sent; 0 for a stream. */
export function responseBytes(response: Response, { body, method }: Exchange): number {
  // Reading response.body would turn it into a stream, which is sent in chunks and more slowly.
  if (method === "HEAD") return 0;
  if (body === undefined) return Number(response.headers.get("Content-Length") ?? 0);
  return typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}

/**
 * Whether a GET or HEAD gets 304 instead of a response with this `ETag` (RFC 9110, section 13.2.2). A malformed
 * `If-None-Match` is ignored.
 *
 * @throws {Problem} 412 if `If-Match` names only other versions, 400 if it is malformed.
 */
export function isNotModified(exchange: Exchange, etag: string): boolean {
  const { ifMatch, ifNoneMatch } = exchange.fields;
  if (ifMatch !== null) requireMatch(ifMatch, etag);
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch === etag) return true;
  const condition = parseEntityTags(ifNoneMatch);
  return condition !== undefined && matchesWeakly(condition, etag);
}

function requireMatch(ifMatch: string, etag: string): void {
  const condition = parseIfMatch(ifMatch);
  if (condition === "*") return;
  const opaque = parseStrongTag(etag);
  if (opaque === undefined || !condition.includes(opaque)) {
    throw new Problem(412, "precondition-failed", {
      detail: "The current version of the resource does not match If-Match",
      headers: { ETag: etag },
    });
  }
}

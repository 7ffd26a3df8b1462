import { Buffer } from "node:buffer";
import { accepts } from "@std/http/negotiation";
import type { Operation, StrictResponse } from "../operation.ts";
import type { Exchange } from "../request/exchange.ts";
import { matchesWeakly, parseEntityTags, parseIfMatch, parseStrongTag } from "./conditional.ts";
import { Problem } from "../problem.ts";

const encoder = new TextEncoder();

/** Writes what a strict handler returned. */
export type WriteResponse = (answer: StrictResponse, exchange: Exchange) => Response;

/**
 * Prepares the writing of an operation's responses.
 *
 * Fields are set one by one: giving `new Response` an object with more than one of them costs about five times as
 * much (measured on Deno 2.9).
 */
export function compileResponses(operation: Operation): WriteResponse {
  const mediaTypes = new Map<number, string>();
  for (const [status, { content }] of Object.entries(operation.responses)) {
    const first = content[0];
    if (first !== undefined) mediaTypes.set(Number(status), first.mediaType);
  }
  const cacheable = operation.method === "GET";

  return function writeResponse(answer, exchange): Response {
    const contentType = answer.contentType ?? mediaTypes.get(answer.status);
    const etag = cacheable && answer.status === 200 ? answer.headers?.["ETag"] : undefined;
    if (typeof etag === "string" && isNotModified(exchange, etag)) {
      const response = new Response(null, { status: 304 });
      setHeaders(response.headers, answer, exchange);
      if (contentType !== undefined) response.headers.set("Vary", "Accept");
      return response;
    }
    if (contentType === undefined || answer.body === undefined) {
      const response = new Response(null, { status: answer.status });
      setHeaders(response.headers, answer, exchange);
      return response;
    }
    const body = encodeBody(answer.body, contentType);
    exchange.body = body;
    const isHead = exchange.method === "HEAD";
    const response = new Response(isHead ? null : body, {
      status: answer.status,
      headers: { "Content-Type": contentType },
    });
    response.headers.set("Vary", "Accept");
    // The platform counts what it sends, but nothing is sent for HEAD.
    if (isHead) response.headers.set("Content-Length", String(byteLength(body)));
    setHeaders(response.headers, answer, exchange);
    return response;
  };
}

function setHeaders(headers: Headers, answer: StrictResponse, exchange: Exchange): void {
  headers.set("X-Request-Id", exchange.requestId);
  const { headers: own } = answer;
  if (own === undefined) return;
  // A strong tag names these very bytes: whoever compresses them on the way would have to weaken it, and what is kept
  // on the way has to be asked about. Deno before 2.9 compresses by itself unless it is told this.
  if (own["ETag"] !== undefined) headers.set("Cache-Control", "no-cache, no-transform");
  for (const name of Object.keys(own)) {
    const value = own[name];
    if (value !== undefined) headers.set(name, typeof value === "string" ? value : String(value));
  }
}

function encodeBody(body: unknown, contentType: string): string | Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  if (typeof body === "string" && !isJson(contentType)) return body;
  return JSON.stringify(body);
}

function isJson(contentType: string): boolean {
  return contentType.includes("/json") || contentType.includes("+json");
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === "string" ? encoder.encode(body).length : body.length;
}

const MAX_REMEMBERED = 256;

/**
 * Gives a function from an Accept header to the one of the offers that it likes best (RFC 9110, section 12.5.1);
 * undefined when it excludes them all. Clients send few different headers, so the answers are remembered.
 */
export function createNegotiation(offers: readonly string[]): (accept: string | null) => string | undefined {
  const first = offers[0];
  const remembered = new Map<string, string | undefined>();
  return function negotiate(accept: string | null): string | undefined {
    // An empty list excludes nothing: RFC 9110, section 5.6.1.2, lets a field be empty.
    if (accept === null || accept === "*/*" || accept === first || accept.trim() === "") return first;
    if (remembered.has(accept)) return remembered.get(accept);
    const best = accepts({ headers: new Headers({ accept }) }, ...offers);
    if (remembered.size === MAX_REMEMBERED) remembered.clear();
    remembered.set(accept, best);
    return best;
  };
}

/** The bytes of an answer's body as they are sent, so far as they are known: none of a stream's. */
export function responseBytes(response: Response, { body, method }: Exchange): number {
  // The body of the response itself is not to be looked at: that makes a stream of it, sent in chunks and more slowly.
  if (method === "HEAD") return 0;
  if (body === undefined) return Number(response.headers.get("Content-Length") ?? 0);
  return typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}

/**
 * Whether a GET or HEAD whose answer carries this `ETag` is answered 304 (RFC 9110, section 13.2.2). A malformed
 * `If-None-Match` is as good as none: the client gets the whole representation.
 * @throws {Problem} 412 when there is an `If-Match` that names other versions, 400 when that is malformed.
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

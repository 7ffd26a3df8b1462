import { Buffer } from "node:buffer";
import type { HttpEvent } from "./http_event.ts";

/** Values that an invocation adds to the request of its event. */
export interface EventRequestOptions {
  /** ID of the invocation, which the request gets unless its client has sent one. */
  readonly invocationId: string;
  /** `Lambda-Runtime-Trace-Id`; absent if Lambda sent none. */
  readonly traceId: string | undefined;
  /** Path of the public base URL, which the API mapping of a domain has in front of each path; empty if there is none. */
  readonly basePath: string;
}

/**
 * Returns the request in an event.
 *
 * @throws {TypeError | URIError} if it is not a valid HTTP request.
 */
export function requestOf(
  event: HttpEvent,
  { invocationId, traceId, basePath }: EventRequestOptions,
): Request {
  const headers = new Headers();
  for (const [name, value] of event.headers) headers.append(name, value);
  // The body is not sent in chunks here, whatever the client of the gateway did.
  headers.delete("Transfer-Encoding");
  if (!headers.has("X-Request-Id") && invocationId !== "") headers.set("X-Request-Id", invocationId);
  // It names the segment of the function; that of the client's request is its parent.
  if (traceId !== undefined) headers.set("X-Amzn-Trace-Id", traceId);
  const body = bodyOf(event);
  if (body !== undefined) headers.set("Content-Length", String(body.length));
  const host = headers.get("Host") ?? event.domain;
  const scheme = headers.get("X-Forwarded-Proto") === "http" ? "http" : "https";
  const path = encodePath(withoutPrefix(event.path, [basePath, event.stagePrefix]));
  const query = event.query === "" ? "" : `?${encodeQuery(event.query)}`;
  return new Request(`${scheme}://${host === "" ? "localhost" : host}${path}${query}`, {
    method: event.method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

/** Returns the body; undefined for methods whose body has no meaning, as `Request` allows none. */
function bodyOf({ method, body, isBase64Encoded }: HttpEvent): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined || method === "GET" || method === "HEAD") return undefined;
  return new Uint8Array(Buffer.from(body, isBase64Encoded ? "base64" : "utf8"));
}

/** Removes the first of the prefixes that a path has. */
function withoutPrefix(path: string, prefixes: readonly string[]): string {
  const prefix = prefixes.find((each) => each !== "" && `${path}/`.startsWith(`${each}/`)) ?? "";
  const rest = path.slice(prefix.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Encodes what a path must not contain, since some senders decode it, and leaves what is encoded. */
function encodePath(path: string): string {
  return path
    .replaceAll(/%(?![0-9A-Fa-f]{2})/g, "%25")
    .replaceAll(/[^%A-Za-z0-9\-._~!$&'()*+,;=:@/]+/g, encodeURIComponent);
}

/** Encodes what would end a query, or is no text of a URL. */
function encodeQuery(query: string): string {
  return query.replaceAll(/[^\x21-\x7e]+|#/g, encodeURIComponent);
}

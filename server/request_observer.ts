import { Buffer } from "node:buffer";
import type { Exchange } from "./request/exchange.ts";

export type { Exchange };

/** Answers a request; never rejects. */
export type Serve = (exchange: Exchange) => Promise<Response>;

/**
 * Stands around the way of every request: does something, lets it be served, and does something with what came of it.
 * Made once, when the server is created. It must not throw, and it costs every request what it does.
 */
export type RequestObserver = (serve: Serve) => Serve;

/** The bytes of an answer's body as they are sent, so far as they are known: none of a stream's. */
export function responseBytes(response: Response, { body, method }: Exchange): number {
  // The body of the response itself is not to be looked at: that makes a stream of it, sent in chunks and more slowly.
  if (method === "HEAD") return 0;
  if (body === undefined) return Number(response.headers.get("Content-Length") ?? 0);
  return typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}

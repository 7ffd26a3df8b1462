import type { Exchange } from "./request/exchange.ts";

export type { Exchange };
export { responseBytes } from "./representation/response.ts";

/** Answers a request; never rejects. */
export type Serve = (exchange: Exchange) => Promise<Response>;

/**
 * Stands around the way of every request: does something, lets it be served, and does something with what came of it.
 * Made once, when the server is created. It must not throw, and it costs every request what it does.
 */
export type RequestObserver = (serve: Serve) => Serve;

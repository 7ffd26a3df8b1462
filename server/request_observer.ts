import type { Exchange } from "./request/exchange.ts";

export type { Exchange };
export { overloaded } from "./admission/overloaded.ts";
export { responseBytes } from "./representation/response.ts";

/** Serves a request; never rejects. */
export type Serve = (exchange: Exchange) => Promise<Response>;

/**
 * Wraps the processing of every request, for example to measure it. Called once, when the server is created. The
 * function it returns must not throw, and its cost is added to every request.
 */
export type RequestObserver = (serve: Serve) => Serve;

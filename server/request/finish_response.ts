import { createCors } from "../security/cors.ts";
import type { Exchange } from "./exchange.ts";
import { setSecurityHeaders } from "../security/security_headers.ts";
import type { ServerSettings } from "../server_options.ts";

/** Puts on an answer what every answer has, wherever on the way it was made. */
export type FinishResponse = (response: Response, exchange: Exchange) => Response;

/** Prepares the last step of the way of a request. */
export function createFinish({ cors, modules }: ServerSettings): FinishResponse {
  const setCorsHeaders = cors === undefined ? undefined : createCors(cors, modules);

  function setHeaders(headers: Headers, exchange: Exchange): void {
    setSecurityHeaders(headers);
    if (exchange.rateLimit !== undefined) {
      headers.set("RateLimit-Policy", exchange.rateLimit.policy);
      headers.set("RateLimit", exchange.rateLimit.state);
    }
    setCorsHeaders?.(headers, exchange);
  }

  return function finishResponse(response, exchange): Response {
    try {
      setHeaders(response.headers, exchange);
      return response;
    } catch (error) {
      // What a middleware fetched from somewhere else cannot be changed, only copied (Fetch standard, section 5.1).
      if (!(error instanceof TypeError)) throw error;
      const copy = new Response(response.body, response);
      setHeaders(copy.headers, exchange);
      return copy;
    }
  };
}

import { eTag } from "@std/http/etag";
import type { ApiModule } from "../api_module.ts";
import { isNotModified } from "../representation/response.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Endpoint } from "./resource.ts";

/** Creates the endpoint for the OpenAPI document of a module, `/openapi/<name>.json`. */
export function documentEndpoint({ name, document }: ApiModule): Endpoint {
  const bytes = new TextEncoder().encode(document);
  const tag = eTag(bytes);
  return {
    method: "GET",
    path: `/openapi/${name}.json`,
    async handle(exchange): Promise<Response> {
      const etag = await tag;
      const response = isNotModified(exchange, etag)
        ? new Response(null, { status: 304 })
        : documentResponse(bytes, exchange);
      const { headers } = response;
      headers.set("ETag", etag);
      // no-transform, as in response.ts: a strong tag identifies exact bytes.
      headers.set("Cache-Control", "no-cache, no-transform");
      headers.set("X-Request-Id", exchange.requestId);
      return response;
    },
  };
}

function documentResponse(bytes: Uint8Array<ArrayBuffer>, exchange: Exchange): Response {
  exchange.body = bytes;
  const response = new Response(exchange.method === "HEAD" ? null : bytes);
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Content-Length", String(bytes.length));
  return response;
}

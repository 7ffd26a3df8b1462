import type { ApiModule } from "./api_module.ts";
import type { Endpoint } from "./resource.ts";

/** Serves the OpenAPI document of a module at `/openapi/<name>.json`. */
export function documentEndpoint({ name, document }: ApiModule): Endpoint {
  const bytes = new TextEncoder().encode(document);
  return {
    method: "GET",
    path: `/openapi/${name}.json`,
    handle(exchange): Response {
      const response = new Response(exchange.method === "HEAD" ? null : bytes);
      const { headers } = response;
      headers.set("Content-Type", "application/json");
      headers.set("Content-Length", String(bytes.length));
      headers.set("Cache-Control", "no-cache");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("X-Request-Id", exchange.requestId);
      return response;
    },
  };
}

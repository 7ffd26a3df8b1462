import type { Endpoint } from "./resource.ts";

/** Files that browsers and crawlers request from every origin, unless an API serves them. */
const PATHS = ["/favicon.ico", "/robots.txt"];

/** Creates endpoints without content for those files, so that they do not look like errors of a client. */
export function browserEndpoints(operations: readonly Pick<Endpoint, "path">[]): Endpoint[] {
  const served = new Set(operations.map(({ path }) => path));
  return PATHS.filter((path) => !served.has(path)).map((path) => ({
    method: "GET",
    path,
    handle(exchange): Response {
      const response = new Response(null, { status: 204 });
      response.headers.set("Cache-Control", "public, max-age=86400");
      response.headers.set("X-Request-Id", exchange.requestId);
      return response;
    },
  }));
}

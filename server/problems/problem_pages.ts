import { html } from "@hono/hono/html";
import type { ProblemType } from "../api_module.ts";
import type { Exchange } from "../request/exchange.ts";
import { PAGE_POLICY, pageLayout } from "../pages/page_layout.ts";
import { pageOrJson } from "../pages/page_response.ts";
import { compilePath, type Endpoint } from "../routing/resource.ts";
import { Problem } from "../problem.ts";
import type { ProblemCatalog } from "./problem_response.ts";

const PATH = "/problems/{slug}";

/** Endpoint behind the `type` URIs of problems (RFC 9457, section 3.1.1), as HTML or JSON. */
export function problemPages(catalog: ProblemCatalog): Endpoint {
  const readPath = compilePath(PATH);
  return {
    method: "GET",
    path: PATH,
    async handle(exchange): Promise<Response> {
      const type = catalog.get(readPath(exchange.path)?.["slug"] ?? "");
      if (type === undefined) throw new Problem(404, "not-found", { detail: "No such problem type" });
      const mediaType = pageOrJson(exchange);
      const body = mediaType === "text/html" ? await page(type) : JSON.stringify(description(type));
      return pageResponse(body, mediaType, exchange);
    },
  };
}

/** JSON form of a problem type, with its detail as `explanation`. */
function description(
  { slug, title, status, detail: explanation }: ProblemType,
): Readonly<Record<string, string | number>> {
  return { type: `/problems/${slug}`, slug, title, status, explanation };
}

async function page({ title, status, detail }: ProblemType): Promise<string> {
  return await pageLayout(
    title,
    html`<h1>${title}</h1>
<p>Status ${String(status)}</p>
<p>${detail}</p>
<p><a href=".">All problem types</a></p>`,
  );
}

function pageResponse(body: string, mediaType: string, exchange: Exchange): Response {
  const bytes = new TextEncoder().encode(body);
  const response = new Response(exchange.method === "HEAD" ? null : bytes);
  const { headers } = response;
  headers.set("Content-Type", mediaType === "text/html" ? "text/html; charset=utf-8" : mediaType);
  headers.set("Content-Length", String(bytes.length));
  headers.set("Vary", "Accept");
  headers.set("Cache-Control", "public, max-age=3600");
  headers.set("Referrer-Policy", "no-referrer");
  if (mediaType === "text/html") headers.set("Content-Security-Policy", PAGE_POLICY);
  headers.set("X-Request-Id", exchange.requestId);
  return response;
}

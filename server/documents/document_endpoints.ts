import { eTag } from "@std/http/etag";
import type { ApiModule } from "../api_module.ts";
import { isNotModified } from "../representation/response.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Endpoint } from "../routing/resource.ts";
import { apiCatalog, documentList } from "./document_list.ts";
import { yamlText } from "../yaml_text.ts";

/** Text that is served, and its entity tag. */
interface Representation {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/**
 * Creates the public endpoints of the OpenAPI documents: the documents as JSON and YAML, their list `/openapi`, and the
 * list that programs look for, `/.well-known/api-catalog` (RFC 9727).
 */
export function documentEndpoints(modules: readonly ApiModule[]): readonly Endpoint[] {
  return [
    ...modules.flatMap(({ name, document }) => [
      fixedEndpoint(`/openapi/${name}.json`, { type: "application/json", text: () => document }),
      fixedEndpoint(`/openapi/${name}.yaml`, {
        type: "application/yaml",
        text: () => yamlText(JSON.parse(document)),
      }),
    ]),
    listEndpoint("/openapi", { type: "application/json", content: (base) => documentList(modules, base) }),
    listEndpoint("/.well-known/api-catalog", {
      type: 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"',
      content: (base) => apiCatalog(modules, base),
      // Also for HEAD (RFC 9727, section 3).
      link: (base) => `<${base}/.well-known/api-catalog>; rel="api-catalog"`,
    }),
  ];
}

/** Creates an endpoint for a text that never changes. It is made for the first request. */
function fixedEndpoint(
  path: string,
  { type, text }: { readonly type: string; readonly text: () => string },
): Endpoint {
  let made: Promise<Representation> | undefined;
  return {
    method: "GET",
    path,
    async handle(exchange): Promise<Response> {
      return respond(await (made ??= representationOf(text())), { type, exchange });
    },
  };
}

/** Creates an endpoint for JSON with absolute URLs, which depend on the request. */
function listEndpoint(
  path: string,
  { type, content, link }: {
    readonly type: string;
    readonly content: (base: string) => object;
    readonly link?: (base: string) => string;
  },
): Endpoint {
  return {
    method: "GET",
    path,
    async handle(exchange): Promise<Response> {
      const { origin, pathname } = exchange.url;
      const base = origin + pathname.slice(0, -path.length);
      const response = respond(await representationOf(JSON.stringify(content(base))), { type, exchange });
      if (link !== undefined) response.headers.set("Link", link(base));
      return response;
    },
  };
}

async function representationOf(text: string): Promise<Representation> {
  const bytes = new TextEncoder().encode(text);
  return { bytes, etag: await eTag(bytes) };
}

function respond(
  { bytes, etag }: Representation,
  { type, exchange }: { readonly type: string; readonly exchange: Exchange },
): Response {
  const response = isNotModified(exchange, etag)
    ? new Response(null, { status: 304 })
    : contentResponse(bytes, { type, exchange });
  const { headers } = response;
  headers.set("ETag", etag);
  // no-transform, as in response.ts: a strong tag identifies exact bytes.
  headers.set("Cache-Control", "no-cache, no-transform");
  headers.set("X-Request-Id", exchange.requestId);
  return response;
}

function contentResponse(
  bytes: Uint8Array<ArrayBuffer>,
  { type, exchange }: { readonly type: string; readonly exchange: Exchange },
): Response {
  exchange.body = bytes;
  const response = new Response(exchange.method === "HEAD" ? null : bytes);
  response.headers.set("Content-Type", type);
  response.headers.set("Content-Length", String(bytes.length));
  return response;
}

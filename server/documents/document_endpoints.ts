import type { ApiModule } from "../api_module.ts";
import { baseUrl, contentEndpoint, contentResponse, tagContent } from "../representation/tagged_content.ts";
import type { Endpoint } from "../routing/resource.ts";
import { apiCatalog, documentList } from "./document_list.ts";
import { yamlText } from "../yaml_text.ts";

/**
 * Creates the public endpoints of the OpenAPI documents: the documents as JSON and YAML, their list `/openapi`, and the
 * list that programs look for, `/.well-known/api-catalog` (RFC 9727).
 */
export function documentEndpoints(modules: readonly ApiModule[]): readonly Endpoint[] {
  return [
    ...modules.flatMap(({ name, document }) => [
      contentEndpoint(`/openapi/${name}.json`, () => tagContent(document, { type: "application/json" })),
      contentEndpoint(
        `/openapi/${name}.yaml`,
        () => tagContent(yamlText(JSON.parse(document)), { type: "application/yaml" }),
      ),
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
      const base = baseUrl(exchange, path);
      const response = contentResponse(await tagContent(JSON.stringify(content(base)), { type }), exchange);
      if (link !== undefined) response.headers.set("Link", link(base));
      return response;
    },
  };
}

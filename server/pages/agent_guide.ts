import type { ApiModule } from "../api_module.ts";
import { documentList } from "../documents/document_list.ts";
import type { Endpoint } from "../routing/resource.ts";
import { baseUrl } from "../representation/tagged_content.ts";
import type { ProgramFacts } from "./landing_page.ts";
import { pageResponse } from "./page_response.ts";

/** Creates the endpoint `/llms.txt`: what a program needs to call the APIs, as Markdown (llmstxt.org). */
export function agentGuide(
  modules: readonly ApiModule[],
  { service }: { readonly service: ProgramFacts },
): Endpoint {
  return {
    method: "GET",
    path: "/llms.txt",
    async handle(exchange): Promise<Response> {
      const base = baseUrl(exchange, "/llms.txt");
      return await pageResponse(
        { text: guide(modules, { name: service.name, base }), type: "text/plain" },
        exchange,
      );
    },
  };
}

function guide(
  modules: readonly ApiModule[],
  { name, base }: { readonly name: string; readonly base: string },
): string {
  const documents = documentList(modules, base).data
    .map(({ title, json, version }) => `- [${title}](${json}): OpenAPI document, version ${version}`);
  return `# ${name}

> HTTP APIs, each described by an OpenAPI document. Errors are problem details (RFC 9457).

## APIs

${documents.join("\n")}

## Conventions

- Send \`Content-Type\`; unknown query parameters and properties that a schema forbids are errors.
- Errors have \`type\`, \`title\`, \`status\`, \`detail\` and \`invalidParams\`: read \`detail\` for what to do.
  [Problem types](${base}/problems/) lists them.
- Lists have cursors: continue with the \`Link\` of relation \`next\`, and do not build cursors yourself.
- Updates need \`If-Match\` with the \`ETag\` of the last read; on 412 read again.
- Operations with \`Idempotency-Key\` may be repeated with the same key and body; use a new key for each intent.
- On 429 and 503 wait for \`Retry-After\` seconds.
`;
}

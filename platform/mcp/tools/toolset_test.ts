import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Operation, RequestMediaType, ResponseMediaType } from "@archway/server/operation.ts";
import { problemTable } from "@archway/service_kit/problem_table.ts";
import { defineService } from "@archway/service_kit/service_module.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { connectMcp } from "@archway/tools/support/mcp_client.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { mcpModule } from "../module.ts";

const JSON_MEDIA = { mediaType: "application/json", codec: "json" } as const;
const BYTES = { mediaType: "application/octet-stream", codec: "binary" } as const;
const FORM = { mediaType: "multipart/form-data", codec: "multipart" } as const;

/** Media types of an operation. */
interface Media {
  readonly request?: readonly RequestMediaType[];
  /** @default {true} */
  readonly isRequired?: boolean;
  readonly response?: readonly ResponseMediaType[];
  readonly cookie?: string;
}

/** Operations of all kinds by name, and whether they are tools. */
const KINDS: Readonly<Record<string, Media & { readonly isTool: boolean }>> = {
  plain: { response: [JSON_MEDIA], isTool: true },
  upload: { request: [FORM], response: [JSON_MEDIA], isTool: false },
  uploadBytes: { request: [BYTES], isTool: false },
  uploadLines: { request: [{ mediaType: "application/x-ndjson", codec: "lines" }], isTool: false },
  uploadEither: { request: [FORM, JSON_MEDIA], response: [JSON_MEDIA], isTool: true },
  uploadOptionally: { request: [BYTES], isRequired: false, response: [JSON_MEDIA], isTool: true },
  streamJson: { request: [{ ...JSON_MEDIA, stream: true }], isTool: false },
  download: { response: [BYTES], isTool: false },
  downloadText: { response: [{ mediaType: "text/csv", codec: "text" }], isTool: false },
  downloadEither: { response: [JSON_MEDIA, BYTES], isTool: true },
  watch: { response: [{ mediaType: "text/event-stream", codec: "events" }], isTool: false },
  withCookie: { response: [JSON_MEDIA], cookie: "session", isTool: false },
  withoutContent: { isTool: true },
};

function operationOf(name: string, { request, isRequired = true, response = [], cookie }: Media): Operation {
  return {
    operationId: name,
    method: request === undefined ? "GET" : "POST",
    path: `/v1/${name}`,
    parameters: cookie === undefined ? [] : [{
      ...{ name: cookie, in: "cookie", required: true, style: "form", explode: true },
      shape: { kind: "string" },
    }],
    ...(request !== undefined && { requestBody: { required: isRequired, content: request } }),
    responses: { [response.length === 0 ? "204" : "200"]: { content: response, headers: [] } },
    security: [],
    extensions: {},
  };
}

/** Returns the content of a document. */
function contentOf(media: readonly { readonly mediaType: string }[]): object {
  return { content: Object.fromEntries(media.map(({ mediaType }) => [mediaType, { schema: {} }])) };
}

const kindModule = defineService({
  name: "kind_service",
  mount: () => ({
    api: {
      name: "kind",
      ...problemTable({}),
      document: JSON.stringify({
        openapi: "3.1.0",
        info: { title: "Kinds", version: "1.0.0" },
        paths: Object.fromEntries(
          Object.entries(KINDS).map((
            [name, { request, isRequired = true, response = [] }],
          ) => [`/v1/${name}`, {
            [request === undefined ? "get" : "post"]: {
              operationId: name,
              ...(request !== undefined && { requestBody: { required: isRequired, ...contentOf(request) } }),
              responses: {
                [response.length === 0 ? "204" : "200"]: { description: "Done", ...contentOf(response) },
              },
            },
          }]),
        ),
      }),
      routes: Object.entries(KINDS).map(([name, kind]) => {
        const operation = operationOf(name, kind);
        const hasBody = kind.response !== undefined;
        return {
          operation,
          handle: () => Promise.resolve(hasBody ? { status: 200, body: { name } } : { status: 204 }),
        };
      }),
    },
  }),
});

Deno.test("Toolset has operations whose data is JSON, and refuses calls of others", async () => {
  const [open] = Object.values(DATABASES);
  assert(open !== undefined);
  await using database = await open();
  await using server = serviceServer(database.pool, {
    services: [kindModule, mcpModule],
    settings: { MCP_MODE: "write" },
  });
  await using agent = await connectMcp(server);
  const { tools } = await agent.client.listTools();
  const names = Object.entries(KINDS).filter(([, { isTool }]) => isTool).map(([name]) => name);
  assertEquals(tools.map(({ name }) => name), names);
  for (const [name, { isTool, request = [], response }] of Object.entries(KINDS)) {
    const takesBody = request.some(({ codec }) => codec === "json");
    if (!isTool) {
      await assertRejects(() => agent.client.callTool({ name, arguments: {} }), Error, "Unknown tool");
      continue;
    }
    const { status, body } = await agent.call(name, takesBody ? { body: {} } : {});
    assertEquals([status, body], response === undefined ? [204, undefined] : [200, { name }]);
  }
});

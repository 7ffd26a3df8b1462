import { assertEquals, assertFalse, assertMatch } from "@std/assert";
import { generateFiles } from "../generate_files.ts";

const TAG = { name: "If-Match", in: "header", required: true, schema: { type: "string" } };
const KEY = { name: "idempotency-key", in: "header", required: true, schema: { type: "string" } };
const ID = { name: "id", in: "path", required: true, schema: { type: "string" } };

function operation(more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { security: [], responses: { "204": { description: "Done" } }, ...more };
}

function body(...mediaTypes: readonly string[]): Readonly<Record<string, unknown>> {
  const content = mediaTypes.map((type) => [type, { schema: { type: "object" } }]);
  return { requestBody: { required: true, content: Object.fromEntries(content) } };
}

Deno.test("clientFiles() lists the operations for which the client sets headers", async () => {
  const { client } = await generateFiles(
    JSON.stringify({
      openapi: "3.1.0",
      info: { title: "Orders", version: "1" },
      paths: {
        "/orders": { get: operation(), post: operation({ parameters: [KEY], ...body("application/json") }) },
        "/orders/{id}": {
          parameters: [ID],
          get: operation(),
          patch: operation({ parameters: [TAG], ...body("application/merge-patch+json") }),
        },
        "/orders/{id}/cancel": { post: operation({ parameters: [ID, TAG] }) },
        "/carts/{id}/cancel": { post: operation({ parameters: [ID, TAG] }) },
        "/upload": {
          servers: [{ url: "/files" }],
          post: operation(body("multipart/form-data", "application/octet-stream")),
        },
      },
    }),
    { file: "oapi/t.yaml", clientName: "web-order" },
  );
  const text = client?.get("client.gen.ts") ?? "";
  assertEquals(
    /const operations = \{\n([^]*?)\} as const;/.exec(text)?.[1],
    `\
  "POST /orders": { key: true },
  "PATCH /orders/{id}": { body: "application/merge-patch+json", match: true },
  "POST /orders/{id}/cancel": { match: "/orders/{id}" },
  "POST /carts/{id}/cancel": { match: true },
  "POST /upload": { path: "/files/upload", body: "multipart/form-data" },
`,
  );
  assertEquals(
    /export function (.*) \{/.exec(text)?.[1],
    "createWebOrderClient(options: ClientOptions): WebOrderClient",
  );
});

Deno.test("clientFiles() exports the readers of streams if the document has some", async () => {
  const clientOf = async (content: unknown): Promise<string> => {
    const responses = { "200": { description: "They", content } };
    const { client } = await generateFiles(
      JSON.stringify({
        openapi: "3.2.0",
        info: { title: "Orders", version: "1" },
        paths: { "/orders": { get: operation({ responses }) } },
      }),
      { file: "oapi/t.yaml", clientName: "order" },
    );
    return client?.get("client.gen.ts") ?? "";
  };
  assertMatch(await clientOf({ "text/event-stream": {} }), /export \{ readEvents, readItems,/);
  assertMatch(
    await clientOf({ "application/jsonl": { itemSchema: {} } }),
    /export \{ readEvents, readItems,/,
  );
  assertFalse((await clientOf({ "application/json": {} })).includes("readEvents"));
});

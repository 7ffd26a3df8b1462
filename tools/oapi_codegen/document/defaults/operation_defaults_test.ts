import { assert, assertEquals } from "@std/assert";
import { isObject, locate } from "../json_value.ts";
import { bundleDocument } from "../bundle_document.ts";
import { memoryFolder } from "../sources/memory_folder.ts";

const HEAD = "openapi: 3.1.0\ninfo: { title: T, version: '1' }\n";
const COMMON = `${HEAD}
x-operation-defaults:
  every-operation: { parameters: [Trace], headers: { X-Trace: Trace }, responses: { '400': R400 } }
  reads: { parameters: [IfNoneMatch], headers: { ETag: ETag } }
  writes: { headers: { Token: Token } }
  with-security: { responses: { '401': R401 } }
  with-path-parameter: { responses: { '404': R404 } }
  with-request-body: { responses: { '415': R415 } }
  with-response-body: { responses: { '406': R406 } }
  with-parameter:
    If-Match: { responses: { '412': R412 } }
    If-None-Match: { responses: { '304': R304 } }
    after: { headers: { Link: Link } }
components:
  parameters:
    Trace: { name: X-Trace, in: header, schema: { type: string } }
    IfNoneMatch: { name: If-None-Match, in: header, schema: { type: string } }
    IfMatch: { name: if-match, in: header, schema: { type: string } }
  headers: { Trace: &header { schema: { type: string } }, ETag: *header, Token: *header, Link: *header }
  responses:
    { R304: &r { description: R }, R400: *r, R401: *r, R404: *r, R406: *r, R412: *r, R415: *r }
`;
const DEFAULTS = "x-operation-defaults: { $ref: 'common.yaml#/x-operation-defaults' }\n";

/** Returns the bundle's value at a pointer, for a path with one operation. */
async function operation(
  text: string,
  { path = "/a", method = "get", rest = "" }: { path?: string; method?: string; rest?: string } = {},
): Promise<(pointer: string) => unknown> {
  const document = `${HEAD}${DEFAULTS}${rest}\npaths: { "${path}": { ${method}: ${text} } }\n`;
  const folder = memoryFolder({ "common.yaml": COMMON });
  const { document: bundled } = await bundleDocument(document, { file: "t.yaml", folder });
  assert(!JSON.stringify(bundled).includes("x-operation-defaults"), "The bundle still has the defaults");
  const prefix = `/paths/${path.replaceAll("/", "~1")}/${method}`;
  return (pointer) => locate(bundled, pointer.startsWith("/components") ? pointer : prefix + pointer)?.value;
}

function keys(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}

const DONE = "responses: { '204': { description: Done } }";
const BODY = "responses: { '200': { description: It, content: { text/plain: {} } } }";

Deno.test("addOperationDefaults() adds the defaults whose conditions an operation meets", async () => {
  const read = await operation(`{ security: [], ${BODY} }`);
  assertEquals(keys(read("/responses")), ["200", "304", "400", "406"]);
  assertEquals(keys(read("/responses/200/headers")), ["X-Trace", "ETag"]);
  assertEquals(read("/parameters"), [
    { $ref: "#/components/parameters/Trace" },
    { $ref: "#/components/parameters/IfNoneMatch" },
  ]);
  const write = await operation(
    `{ security: [{ s: [] }], parameters: [{ $ref: 'common.yaml#/components/parameters/IfMatch' }],
       requestBody: {}, ${DONE} }`,
    { method: "put" },
  );
  assertEquals(keys(write("/responses")), ["204", "400", "401", "412", "415"]);
  assertEquals(keys(write("/responses/204/headers")), ["X-Trace", "Token"]);
  assertEquals(write("/parameters/1"), { $ref: "#/components/parameters/Trace" });
});

Deno.test("addOperationDefaults() considers the path's parameters and the document's security", async () => {
  const path = "/a/{id}";
  const text =
    `{ parameters: [{ name: id, in: path, required: true, schema: {} }, { name: after, in: query }], ${DONE} }`;
  const found = await operation(text, { path, method: "delete", rest: "security: [{ s: [] }]" });
  assertEquals(keys(found("/responses")), ["204", "400", "401", "404"]);
  assertEquals(keys(found("/responses/204/headers")), ["X-Trace", "Token", "Link"]);
});

Deno.test("addOperationDefaults() keeps an operation's own definitions", async () => {
  const text = `{ security: [], parameters: [{ name: x-trace, in: header, schema: { type: integer } }],
    responses: { '400': { description: Mine }, '204': { description: Done, headers: { x-trace: { schema: {} } } } } }`;
  const found = await operation(text, { method: "post" });
  assertEquals(found("/responses/400"), { description: "Mine" });
  assertEquals(keys(found("/responses/204/headers")), ["x-trace", "Token"]);
  assertEquals(found("/parameters"), [{ name: "x-trace", in: "header", schema: { type: "integer" } }]);
});

Deno.test("addOperationDefaults() omits the defaults that an operation excludes", async () => {
  const except = "x-operation-defaults: { except: ['400', if-none-match, ETag] }";
  const found = await operation(`{ security: [], ${except}, ${BODY} }`);
  assertEquals(keys(found("/responses")), ["200", "406"]);
  assertEquals(keys(found("/responses/200/headers")), ["X-Trace"]);
  assertEquals(found("/parameters"), [{ $ref: "#/components/parameters/Trace" }]);
  const none = await operation(`{ security: [], x-operation-defaults: false, ${BODY} }`);
  assertEquals(keys(none("")), ["security", "responses"]);
  assertEquals(keys(none("/responses")), ["200"]);
});

Deno.test("addOperationDefaults() prefers the document's own component to the common one", async () => {
  const rest = "components: { responses: { R400: { description: Mine } } }";
  const found = await operation(`{ security: [], ${DONE} }`, { rest });
  assertEquals(found("/responses/400"), { $ref: "#/components/responses/R400" });
  assertEquals(found("/components/responses"), { R400: { description: "Mine" }, R304: { description: "R" } });
});

Deno.test("addOperationDefaults() applies defaults in the document itself", async () => {
  const text = `${HEAD}
x-operation-defaults: { every-operation: { responses: { '500': Broken } } }
paths: { /a: { get: { ${DONE} } } }
components: { responses: { Broken: { description: Broken } } }
`;
  const { document } = await bundleDocument(text, { file: "t.yaml" });
  assertEquals(locate(document, "/paths/~1a/get/responses/500")?.value, {
    $ref: "#/components/responses/Broken",
  });
});

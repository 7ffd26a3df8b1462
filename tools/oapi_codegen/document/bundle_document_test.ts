import { assert, assertEquals } from "@std/assert";
import { locate } from "../json_value.ts";
import { bundleDocument } from "./bundle_document.ts";
import { memoryFolder } from "./memory_folder.ts";

const HEAD = "openapi: 3.1.0\ninfo: { title: T, version: '1' }\n";
const COMMON = `${HEAD}
components:
  pathItems:
    Ping:
      get: { responses: { '204': { description: Pong }, default: { $ref: '#/components/responses/Broken' } } }
  responses:
    Missing: { description: Not there, headers: { x-trace: { $ref: '#/components/headers/Trace' } } }
    Broken: { description: Broken, content: { application/json: { schema: { $ref: '#/components/schemas/Problem' } } } }
  headers:
    Trace: { schema: { type: string } }
  schemas:
    Unused: { type: object }
    Problem: { type: object, properties: { cause: { $ref: '#/components/schemas/Cause' } } }
    Cause: { oneOf: [{ type: string }, { $ref: '#/components/schemas/Problem' }] }
`;

/** Bundles a document beside the commons above. */
async function bundle(text: string): Promise<(pointer: string) => unknown> {
  const folder = memoryFolder({ "common.yaml": COMMON, "more/money.yaml": MONEY });
  const { document } = await bundleDocument(`${HEAD}${text}`, { file: "oapi/t.yaml", folder });
  assert(!JSON.stringify(document).includes("common.yaml"), "The bundle refers to a file");
  return (pointer) => locate(document, pointer)?.value;
}

const MONEY = `
components:
  schemas:
    Money: { type: object, properties: { currency: { $ref: './currency.yaml#/components/schemas/Currency' } } }
`;

Deno.test("bundleDocument() leaves a document without references to other files unchanged", async () => {
  const text = `${HEAD}paths: { /a: { get: { x-own: { $ref: b.yaml }, responses: {} } } }\n`;
  const { document } = await bundleDocument(text, { file: "t.yaml" });
  assertEquals(document, {
    openapi: "3.1.0",
    info: { title: "T", version: "1" },
    paths: { "/a": { get: { "x-own": { $ref: "b.yaml" }, responses: {} } } },
  });
});

Deno.test("bundleDocument() copies referenced components recursively under their names", async () => {
  const at = await bundle(`
paths:
  /a:
    get:
      responses:
        '404': { $ref: 'common.yaml#/components/responses/Missing' }
        default: { $ref: './common.yaml#/components/responses/Broken' }
components: { schemas: { Own: { type: string } } }
`);
  assertEquals(at("/paths/~1a/get/responses/404"), { $ref: "#/components/responses/Missing" });
  assertEquals(at("/paths/~1a/get/responses/default"), { $ref: "#/components/responses/Broken" });
  assertEquals(at("/components/responses/Missing/headers/x-trace"), { $ref: "#/components/headers/Trace" });
  assertEquals(at("/components/headers"), { Trace: { schema: { type: "string" } } });
  const schemas = at("/components/schemas");
  assert(schemas instanceof Object);
  assertEquals(Object.keys(schemas), ["Own", "Problem", "Cause"]);
});

Deno.test("bundleDocument() copies a component that the document lists, with its own description", async () => {
  const at = await bundle(`
paths: {}
components:
  responses:
    Missing: { $ref: 'common.yaml#/components/responses/Missing', description: No such book }
    Lost: { $ref: 'common.yaml#/components/responses/Missing' }
  schemas:
    Problem: { $ref: 'common.yaml#/components/schemas/Problem', description: A problem }
    Alias: { $ref: 'common.yaml#/components/schemas/Cause' }
`);
  const headers = { "x-trace": { $ref: "#/components/headers/Trace" } };
  assertEquals(at("/components/responses"), {
    Missing: { description: "No such book", headers },
    Lost: { description: "Not there", headers },
  });
  assertEquals(at("/components/schemas/Problem"), {
    type: "object",
    properties: { cause: { $ref: "#/components/schemas/Cause" } },
    description: "A problem",
  });
  assertEquals(at("/components/schemas/Alias"), { $ref: "#/components/schemas/Cause" });
});

Deno.test("bundleDocument() keeps a description beside a reference, and the rest of the pointer", async () => {
  const at = await bundle(`
paths: { /a: { get: { responses: { '404': { $ref: 'common.yaml#/components/responses/Missing', description: D } } } } }
components: { schemas: { Part: { $ref: 'common.yaml#/components/schemas/Problem/properties/cause' } } }
`);
  assertEquals(at("/paths/~1a/get/responses/404"), {
    $ref: "#/components/responses/Missing",
    description: "D",
  });
  assertEquals(at("/components/schemas/Part"), { $ref: "#/components/schemas/Problem/properties/cause" });
});

Deno.test("bundleDocument() copies path items", async () => {
  const at = await bundle("paths: { /ping: { $ref: 'common.yaml#/components/pathItems/Ping' } }\n");
  assertEquals(at("/paths/~1ping/get/responses"), {
    "204": { description: "Pong" },
    default: { $ref: "#/components/responses/Broken" },
  });
  assertEquals(at("/components/pathItems"), undefined);
});

Deno.test("bundleDocument() follows references between files, relative to each file's folder", async () => {
  const folder = memoryFolder({
    "more/money.yaml": MONEY,
    "more/currency.yaml": "components: { schemas: { Currency: { type: string } } }",
  });
  const text =
    `${HEAD}components: { schemas: { Price: { $ref: 'more/money.yaml#/components/schemas/Money' } } }`;
  const { document } = await bundleDocument(text, { file: "t.yaml", folder });
  assertEquals(locate(document, "/components/schemas")?.value, {
    Price: { $ref: "#/components/schemas/Money" },
    Money: { type: "object", properties: { currency: { $ref: "#/components/schemas/Currency" } } },
    Currency: { type: "string" },
  });
});

Deno.test("bundleDocument() reports a diagnostic of the bundle at its source", async () => {
  const folder = memoryFolder({ "common.yaml": COMMON });
  const text = `${HEAD}
paths: { /ping: { $ref: 'common.yaml#/components/pathItems/Ping' } }
components:
  schemas:
    Own: { $ref: 'common.yaml#/components/schemas/Problem' }
`;
  const { diagnostics } = await bundleDocument(text, { file: "oapi/t.yaml", folder });
  diagnostics.add("/components/schemas/Problem/properties/cause", "A");
  diagnostics.add("/components/schemas/Own", "B");
  diagnostics.add("/paths/~1ping/get/summary", "C");
  assertEquals(diagnostics.diagnostics.map(({ file, line, at }) => [file, line, at]), [
    ["oapi/common.yaml", 15, "/components/schemas/Problem/properties/cause"],
    ["oapi/t.yaml", 7, "/components/schemas/Own"],
    ["oapi/common.yaml", 7, "/components/pathItems/Ping/get/summary"],
  ]);
});

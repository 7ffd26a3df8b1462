import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseApiDocument } from "./parse_api_document.ts";

const SOURCE = { name: "notes.yaml" };

Deno.test("parseApiDocument() reads JSON and YAML", async () => {
  const document = { openapi: "3.1.0", servers: [{ url: "/v2" }], paths: { "/notes": { get: {} } } };
  const yaml = "openapi: 3.1.0\nservers: [{ url: /v2 }]\npaths:\n  /notes:\n    get: {}\n";
  for (const text of [JSON.stringify(document), yaml]) {
    const { operations } = await parseApiDocument(text, SOURCE);
    assertEquals(operations.map(({ method, path }) => [method, path]), [["GET", "/v2/notes"]]);
  }
});

Deno.test("parseApiDocument() refuses what is no document, or not complete in itself", async () => {
  const expected: Readonly<Record<string, string>> = {
    "a: [": "notes.yaml is not an OpenAPI 3 document in JSON or YAML",
    "": "notes.yaml is not an OpenAPI 3 document in JSON or YAML",
    "swagger: '2.0'": "notes.yaml is not an OpenAPI 3 document in JSON or YAML",
    "openapi: 3.0.3": "notes.yaml has OpenAPI 3.0.3 instead of 3.1; `deno task conform`",
    "openapi: 3.1.0\npaths: { /a: { $ref: 'a.yaml#/get' } }":
      "notes.yaml refers to a.yaml#/get outside of it;",
    "openapi: 3.1.0\nx-operation-defaults: {}": "notes.yaml has x-operation-defaults",
    "openapi: 3.1.0\npaths: { /a: { $ref: '#/%' } }": "notes.yaml cannot be read: ",
  };
  for (const [text, message] of Object.entries(expected)) {
    const error = await assertRejects(() => parseApiDocument(text, SOURCE), TypeError);
    assertStringIncludes(error.message, message);
  }
});

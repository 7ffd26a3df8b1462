import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { corpusText, passed } from "./corpus_table.ts";
import { findDocuments } from "./find_documents.ts";
import { runDocument } from "./run_document.ts";

const GOOD = `openapi: 3.0.3
info: { title: Pets, version: '1' }
paths:
  /pets/{id}:
    put:
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        - { name: color, in: query, required: true, schema: { type: string, enum: [black] } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: 'parts.yaml#/components/schemas/Pet' } } }
      responses: { '204': { description: Done } }
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        '200': { description: It, content: { application/xml: { schema: { type: object } } } }
    head:
      responses: { '200': { description: It } }
    options:
      responses: { '204': { description: Methods } }
`;
const PARTS =
  "components: { schemas: { Pet: { type: object, required: [name], properties: { name: { type: string } } } } }";
const BAD = '{\n  "openapi": "3.1.0", "info": { "title": "Bad", "version": "1" },\n' +
  '  "paths": { "/a": { "get": { "security": [], "responses": { "204": { "description": "D", "contend": 1 } } } } }\n}\n';

Deno.test("runDocument() generates, checks, serves and requests each document on its own", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "inner"));
    await Deno.writeTextFile(join(folder, "inner", "pets.yaml"), GOOD);
    await Deno.writeTextFile(join(folder, "inner", "parts.yaml"), PARTS);
    await Deno.writeTextFile(join(folder, "bad.json"), BAD);
    const paths = await findDocuments(folder);
    assertEquals(paths, [join(folder, "bad.json"), join(folder, "inner", "pets.yaml")]);
    const [bad, good] = await Promise.all(
      paths.map((path) => runDocument(path, { check: true, boot: true })),
    );
    if (bad === undefined || good === undefined) throw new Error("Two documents were found");
    assertEquals([passed(bad), bad.generation, bad.errors.length], [false, undefined, 1]);
    assertEquals(good.errors, []);
    assertEquals(good.counts, {
      version: "3.0.3",
      operations: 4,
      typed: 3,
      untyped: [
        {
          operation: "OPTIONS /pets/{id}",
          parts: ["not generated: The server responds to OPTIONS itself; the operation is left out"],
        },
      ],
      texts: [{ operation: "GET /pets/{id}", parts: ["response application/xml"] }],
      defaultSecurity: true,
    });
    assertEquals(good.probes?.[0]?.refused, [
      "wrong parameter type",
      "missing required parameter",
      "unknown query parameter",
      "invalid body",
      "malformed body",
      "undeclared media type",
      "missing body",
    ]);
    const text = corpusText([bad, good]);
    assertMatch(text, /^bad\.json +refused$/m);
    assertMatch(text, /^pets\.yaml \* +3\.0\.3 +4 +3 .* ok \d+\.\d +2\/2 \(\d+ refused\)$/m);
    assertMatch(text, /^1 of 2 documents accepted, 1 passed; 3 of 4 operations of accepted documents typed/m);
    assertMatch(text, /^ +1 +Unknown field \(bad\.json\)$/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

import { assert, assertEquals } from "@std/assert";
import { locate, textMember } from "./json_value.ts";
import { bundleDocument } from "./bundle_document.ts";
import { formatWarnings } from "../diagnostics/diagnostics.ts";
import { memoryFolder } from "./sources/memory_folder.ts";

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

/** Bundles a document of several files, and returns the values at the pointers. */
async function bundled(
  files: Readonly<Record<string, string>>,
  pointers: readonly string[],
): Promise<readonly unknown[]> {
  const options = { file: "oapi/t.yaml", folder: memoryFolder(files) };
  const { document } = await bundleDocument(`${HEAD}${files["t.yaml"] ?? ""}`, options);
  assert(!/\.(?:ya?ml|json)/.test(JSON.stringify(document)), "The bundle refers to a file");
  return pointers.map((pointer) => locate(document, pointer)?.value);
}

Deno.test("bundleDocument() names whole files and their parts as components", async () => {
  const [user, address, role, schemas, parameters] = await bundled({
    "t.yaml": "paths: { /users: { $ref: paths/users.yaml } }",
    "paths/users.yaml": `
get:
  parameters: [{ $ref: ../parameters/page-size.json }]
  responses:
    '200':
      description: Users
      content: { application/json: { schema: { type: array, items: { $ref: ../schemas/user.yaml } } } }
`,
    "parameters/page-size.json":
      '{ "name": "size", "in": "query", "schema": { "$ref": "../defs.yaml#/Size" } }',
    "defs.yaml": "Size: { type: integer }\nRole: { enum: [a] }\n",
    "schemas/user.yaml": `
type: object
properties:
  friend: { $ref: user.yaml }
  address: { $ref: '#/$defs/Address' }
  home: { $ref: '#/properties/address' }
  role: { $ref: '../defs.yaml#/Role' }
$defs: { Address: { type: object } }
`,
  }, [
    "/paths/~1users/get/responses/200/content/application~1json/schema/items/$ref",
    "/components/schemas/User/properties/address/$ref",
    "/components/schemas/User/properties/role/$ref",
    "/components/schemas",
    "/components/parameters/PageSize",
  ]);
  assertEquals(user, "#/components/schemas/User");
  assertEquals(address, "#/components/schemas/Address");
  assertEquals(role, "#/components/schemas/Role");
  assert(schemas instanceof Object);
  assertEquals(Object.keys(schemas).sort(), ["Address", "Role", "Size", "User", "UserAddress"]);
  assertEquals(parameters, { name: "size", in: "query", schema: { $ref: "#/components/schemas/Size" } });
});

Deno.test("bundleDocument() gives files the names under which the document lists them", async () => {
  const [schemas, responses, item] = await bundled({
    "t.yaml": `
paths: { /a: { get: { responses: { default: { $ref: responses.yaml#/Failure } } } } }
components:
  schemas: { $ref: schemas/index.yaml }
  responses: { Failed: { $ref: responses.yaml#/Failure } }
`,
    "responses.yaml":
      "Failure: { description: F, content: { a/json: { schema: { $ref: schemas/pet.yaml } } } }\n",
    "schemas/index.yaml": "Animal: { $ref: pet.yaml }\nColour: { type: string }\n",
    "schemas/pet.yaml":
      "type: object\nproperties: { colour: { $ref: '../t.yaml#/components/schemas/Colour' }, mate: { $ref: pet.yaml } }\n",
  }, ["/components/schemas", "/components/responses", "/paths/~1a/get/responses/default"]);
  assertEquals(schemas, {
    Animal: {
      type: "object",
      properties: {
        colour: { $ref: "#/components/schemas/Colour" },
        mate: { $ref: "#/components/schemas/Animal" },
      },
    },
    Colour: { type: "string" },
  });
  assertEquals(responses, {
    Failed: { description: "F", content: { "a/json": { schema: { $ref: "#/components/schemas/Animal" } } } },
  });
  assertEquals(item, { $ref: "#/components/responses/Failed" });
});

Deno.test("bundleDocument() renames a component whose name the document has, with a warning", async () => {
  const folder = memoryFolder({ "common.yaml": COMMON });
  const text =
    `${HEAD}components: { schemas: { Cause: {}, A: { $ref: 'common.yaml#/components/schemas/Problem' } } }`;
  const { document, diagnostics } = await bundleDocument(text, { file: "oapi/t.yaml", folder });
  assertEquals(locate(document, "/components/schemas/Problem/properties/cause")?.value, {
    $ref: "#/components/schemas/CommonCause",
  });
  assertEquals(locate(document, "/components/schemas/Cause")?.value, {});
  assertEquals(formatWarnings(diagnostics.warnings), [
    "warning: oapi/common.yaml:16#/components/schemas/Cause: Another file has a component schemas/Cause, too; " +
    "this one is called CommonCause in the generated code",
  ]);
});

Deno.test("bundleDocument() follows pointers through references, and rewrites those of discriminators", async () => {
  const [id, mapping] = await bundled({
    "t.yaml": `
components:
  schemas:
    Id: { $ref: '#/components/schemas/Pet/properties/id' }
    Pet: { $ref: pets.yaml#/Pet }
`,
    "pets.yaml": `
Pet:
  type: object
  properties: { id: { type: integer } }
  discriminator: { propertyName: kind, mapping: { dog: 'dog.yaml', cat: '#/Cat' } }
Cat: { type: object }
`,
    "dog.yaml": "type: object",
  }, ["/components/schemas/Id", "/components/schemas/Pet/discriminator/mapping"]);
  assertEquals(id, { type: "integer" });
  assertEquals(mapping, { dog: "#/components/schemas/Dog", cat: "#/components/schemas/Cat" });
});

Deno.test("bundleDocument() upgrades each file by the version that it states", async () => {
  const [document, own, other] = await bundled({
    "t.yaml": "components: { schemas: { A: { $ref: a.yaml }, B: { $ref: 'b.yaml#/components/schemas/B' } } }",
    "a.yaml": "{ type: number, nullable: true }",
    "b.yaml":
      "{ openapi: 3.0.3, components: { schemas: { B: { type: number, minimum: 1, exclusiveMinimum: true } } } }",
  }, ["/openapi", "/components/schemas/A", "/components/schemas/B"]);
  assertEquals(document, "3.1.0");
  assertEquals(own, { type: ["number", "null"] });
  assertEquals(other, { type: "number", exclusiveMinimum: 1 });
});

Deno.test("bundleDocument() takes references in data for data, and a document's $self for itself", async () => {
  const text = `openapi: 3.2.0
$self: https://example.com/api.yaml
info: { title: T, version: '1' }
components:
  examples: { E: { value: { $ref: nowhere.yaml } } }
  schemas: { A: { items: { $ref: 'https://example.com/api.yaml#/components/schemas/B' } }, B: { enum: [{ $ref: 1 }] } }
`;
  const { document } = await bundleDocument(text, { file: "oapi/t.yaml" });
  assertEquals(locate(document, "/components/schemas/A/items/$ref")?.value, "#/components/schemas/B");
});

Deno.test("bundleDocument() keeps references into schemas that are nullable without a type", async () => {
  const schemas = `
    Pet: { nullable: true, properties: { id: { type: integer }, owner: { nullable: true, allOf: [{ properties: { a: {} } }] } } }
    Id: { $ref: '#/components/schemas/Pet/properties/id' }
    Owner: { items: { $ref: '#/components/schemas/Pet/properties/owner/allOf/0/properties/a' } }
    Other: { items: { $ref: 'b.yaml#/components/schemas/B/properties/b' } }
`;
  const folder = memoryFolder({
    "b.yaml": "components: { schemas: { B: { nullable: true, properties: { b: {} } } } }",
  });
  const { document } = await bundleDocument(`${HEAD}components:\n  schemas:${schemas}`, {
    file: "t.yaml",
    folder,
  });
  for (
    const [at, expected] of [["Id", "integer"], ["Owner/items", undefined], [
      "Other/items",
      undefined,
    ]] as const
  ) {
    const ref = String(locate(document, `/components/schemas/${at}/$ref`)?.value);
    const target = locate(document, ref.slice(1));
    assert(target !== undefined, `${at} refers to ${ref}`);
    assertEquals(textMember(target.value, "type"), expected);
  }
});

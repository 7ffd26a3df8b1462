import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { ConfigEntry } from "./config_reader.ts";
import { formatWarnings, GenerationError } from "../diagnostics/diagnostics.ts";
import { type GeneratedFiles, generateFiles, type GenerateFilesOptions } from "../generate_files.ts";
import { NO_RULES } from "./selection.ts";

/** An operation of every kind of fault is in the group "old", and what only it uses. */
const DOCUMENT = `openapi: 3.1.0
info: { title: T, version: '1' }
paths:
  /pets:
    get: { operationId: listPets, tags: [pets], security: [], responses: { '200': { $ref: '#/components/responses/Pets' } } }
    post:
      operationId: addPet
      tags: [pets]
      security: [{ token: [] }]
      requestBody:
        content:
          application/json: { schema: { $ref: '#/components/schemas/Pet' } }
          application/xml: { schema: { $ref: '#/components/schemas/XmlPet' } }
      responses: { '204': { description: Added } }
  /pets/{id}/photo.{type}{size}:
    get:
      operationId: get photo
      tags: [old]
      security: [{ strange: [] }]
      parameters:
        - { name: id, in: nowhere, schema: { $ref: '#/components/schemas/Broken' } }
        - { $ref: 'missing.yaml#/Type' }
      responses: {}
webhooks:
  sold: { post: { tags: [hooks], responses: { '204': { description: Received } } } }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    strange: { type: tickling }
  responses:
    Pets: { description: Pets, content: { application/json: { schema: { items: { $ref: '#/components/schemas/Pet' } } } } }
  schemas:
    Pet: { type: object, properties: { owner: { $ref: '#/components/schemas/Owner' } } }
    Owner: { type: object }
    XmlPet: { type: object }
    Broken: { patern: '(' }
    Unused: { type: string }
`;

const entries = (...texts: string[]): readonly ConfigEntry[] =>
  texts.map((text) => ({ text, place: { file: "cfg", at: `/${text}` } }));
const generate = (options: Partial<GenerateFilesOptions>): Promise<GeneratedFiles> =>
  generateFiles(DOCUMENT, { file: "oapi/t.yaml", ...options });
const handlers = ({ files }: GeneratedFiles): readonly string[] =>
  [...(files.get("server.gen.ts") ?? "").matchAll(/^ {2}(\w+)\(request: /gm)].map(([, name = ""]) => name);
const schemas = ({ files }: GeneratedFiles): readonly string[] => {
  const names = [...(files.get("server.gen.ts") ?? "").matchAll(/^export type (\w+) = /gm)];
  return names.map(([, name = ""]) => name).filter((name) =>
    !/Re(?:quest|sponse)$|^(?:paths|operations|webhooks)$|^\$defs$/.test(name)
  );
};

Deno.test("generateFiles() checks nothing of excluded operations, and of what only they use", async () => {
  for (
    const rules of [{ tags: entries("old") }, { paths: entries("/pets/*/photo**") }, {
      operations: entries("get*o"),
    }]
  ) {
    const generated = await generate({ exclude: { ...NO_RULES, ...rules } });
    assertEquals(handlers(generated), ["listPets", "addPet"]);
    assertEquals(schemas(generated), ["Pet", "Owner", "XmlPet", "Unused"]);
    assert(!generated.files.get("spec.gen.ts")?.includes("photo"));
    assertEquals(generated.warnings.filter(({ file }) => file === "cfg"), []);
  }
});

Deno.test("generateFiles() keeps operations with an excluded tag in the served document alone", async () => {
  const generated = await generate({ excludeTags: entries("old") });
  assertEquals(handlers(generated), ["listPets", "addPet"]);
  assertEquals(schemas(generated), ["Pet", "Owner", "XmlPet", "Unused"]);
  assertStringIncludes(generated.files.get("spec.gen.ts") ?? "", "photo");
});

Deno.test("generateFiles() generates what is included, with the media types that are", async () => {
  const generated = await generate({
    include: { ...NO_RULES, operations: entries("POST /pets"), mediaTypes: entries("*/json") },
  });
  assertEquals(handlers(generated), ["addPet"]);
  assertEquals(schemas(generated), ["Pet", "Owner", "Unused"]);
  assertMatch(generated.files.get("server.gen.ts") ?? "", /export type webhooks = Record<string, never>/);
});

Deno.test("generateFiles() generates types alone if every operation is excluded", async () => {
  const generated = await generate({ exclude: { ...NO_RULES, paths: entries("/**") } });
  assertEquals(handlers(generated), []);
  assertEquals(schemas(generated), ["Unused"]);
});

Deno.test("generateFiles() warns of rules that match nothing, and rejects bodies without a media type", async () => {
  const { warnings } = await generate({
    exclude: { ...NO_RULES, tags: entries("old", "olt"), operations: entries("GET /pet") },
    names: { operations: new Map([["getPets", { text: "a" }]]), schemas: new Map([["Pets", { text: "B" }]]) },
  });
  assertEquals(formatWarnings(warnings).filter((line) => /correct or remove/.test(line)), [
    "warning: cfg#/olt: No operation has this tag: olt; correct or remove it",
    "warning: cfg#/GET /pet: No operation has this name, or this method and path: GET /pet; correct or remove it",
    "warning: oapi/t.yaml#: No operation is called getPets; correct or remove it",
    "warning: oapi/t.yaml#: No schema is called Pets; correct or remove it",
  ]);
  const error = await assertRejects(
    () => generate({ exclude: { ...NO_RULES, tags: entries("old"), mediaTypes: entries("application/*") } }),
    GenerationError,
  );
  assertEquals(error.diagnostics.map(({ at }) => at), [
    "/paths/~1pets/post/requestBody/content",
    "/components/responses/Pets/content",
  ]);
});

Deno.test("generateFiles() takes names from the options", async () => {
  const exclude = { ...NO_RULES, tags: entries("old") };
  const { files } = await generate({
    exclude,
    names: {
      operations: new Map([["addPet", { text: "createPet" }], ["GET /pets", { text: "pets" }]]),
      schemas: new Map([["Pet", { text: "Animal" }]]),
    },
  });
  const server = files.get("server.gen.ts") ?? "";
  assertMatch(server, /^ {2}pets\(request: PetsRequest, /m);
  assertMatch(server, /^ {2}createPet\(request: CreatePetRequest, /m);
  assertMatch(server, /^export type Animal = /m);
  const error = await assertRejects(() =>
    generate({
      exclude,
      names: {
        operations: new Map([["addPet", { text: "listPets" }], ["listPets", { text: "list pets" }]]),
        schemas: new Map([["Pet", { text: "Promise" }]]),
      },
    }), GenerationError);
  assertEquals(error.diagnostics.map(({ message }) => message), [
    "Expected an identifier such as getPet",
    "Expected a type name that nothing else has",
  ]);
});

import { assertEquals } from "@std/assert";
import { OpenApiDocument } from "./openapi_document.ts";

const document = new OpenApiDocument(JSON.stringify({
  info: { title: "Notes" },
  paths: {
    "/notes/{id}": {
      parameters: [{ $ref: "#/components/parameters/Id" }, { name: "limit", in: "query", required: false }],
      get: { operationId: "getNote", parameters: [{ name: "limit", in: "query", required: true }] },
      put: {},
    },
  },
  components: {
    parameters: { Id: { name: "id", in: "path", required: true } },
    schemas: { Note: { $ref: "#/components/schemas/a~1b%20c", title: "Own" }, "a/b c": { type: "object" } },
  },
}));

Deno.test("OpenApiDocument lists operations that have an id, with the parameters of their path", () => {
  assertEquals([document.title, [...document.operations.keys()]], ["Notes", ["getNote"]]);
  assertEquals(document.operations.get("getNote")?.parameters, [
    { name: "id", in: "path", required: true },
    { name: "limit", in: "query", required: true },
  ]);
});

Deno.test("OpenApiDocument.resolve() follows references, and keeps what is beside them", () => {
  const reference = { $ref: "#/components/schemas/Note", description: "Beside" };
  const schema = { type: "object", title: "Own", description: "Beside" };
  assertEquals(document.resolve(reference), { schema, name: "a~1b%20c" });
  assertEquals(document.resolve(undefined), { schema: {}, name: undefined });
});

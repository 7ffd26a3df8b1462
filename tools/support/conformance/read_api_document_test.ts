import { assertEquals } from "@std/assert";
import { readApiDocument } from "./read_api_document.ts";

Deno.test("readApiDocument() reads OpenAPI 3.0 as 3.1, with the path of its server and what paths share", async () => {
  const operation = { responses: { 200: { description: "OK" } } };
  const item = {
    parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
    get: operation,
  };
  const limit = { type: "integer", nullable: true, minimum: 0, exclusiveMinimum: true };
  const text = JSON.stringify({
    ...{
      info: {},
      openapi: "3.0.3",
      servers: [{ url: "https://a.example/v2/" }],
      paths: { "/a/{id}": item },
    },
    components: { schemas: { Limit: limit } },
  });
  const api = await readApiDocument(text, { name: "a.json" });
  assertEquals(api.operations.map(({ method, path, parameters }) => [method, path, parameters[0]?.name]), [
    ["GET", "/v2/a/{id}", "id"],
  ]);
  const schema = api.resolve({ $ref: "#/components/schemas/Limit" });
  assertEquals([null, 0, 1, "1"].map((value) => api.isValid(schema, value)), [true, false, true, false]);
});

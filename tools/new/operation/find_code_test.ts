import { assertEquals } from "@std/assert";
import { findHandler } from "./find_code.ts";

Deno.test("findHandler() takes a handler, and no text that names the operation", () => {
  const fields = 'const FIELDS = {\n  mutations: {\n    createNote: "createNote",\n  },\n};\n';
  const handlers =
    "return {\n    createNote: async ({ body }) => {\n      return await create(body);\n    },\n  };\n";
  const sources = new Map([["note_service/graphql/fields.ts", fields], [
    "note_service/http/handlers.ts",
    handlers,
  ]]);
  const service = { folder: "note_service", sources };
  assertEquals(findHandler(service, ["createNote"])?.path, "note_service/http/handlers.ts");
  assertEquals(
    findHandler({ ...service, sources: new Map([...sources].slice(0, 1)) }, ["createNote"]),
    undefined,
  );
});

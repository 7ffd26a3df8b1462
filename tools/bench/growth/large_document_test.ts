import { assert, assertEquals } from "@std/assert";
import { generateFiles } from "../../oapi_codegen/generate_files.ts";
import { largeDocument, resourcePath } from "./large_document.ts";

Deno.test("largeDocument() returns a document of so many operations, without warnings", async () => {
  const { operations, warnings, files } = await generateFiles(largeDocument(10), { file: "large.json" });
  assertEquals([operations, warnings], [10, []]);
  assert(files.get("server.gen.ts")?.includes(resourcePath(10, "last")));
});

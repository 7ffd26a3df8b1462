import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { THEMES } from "./table.ts";
import { assertConforms } from "./testing/assert_conforms.ts";

Deno.test("archway answers every hostile request as the table says on the embedded database", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_conformance_" });
  try {
    await assertConforms({ EMBEDDED_DATA_DIR: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("THEMES has 200 rows or more, and each is named once in its theme", () => {
  const names = THEMES.flatMap(({ name, rows }) => rows.map((row) => `${name}: ${row.name}`));
  assertGreaterOrEqual(names.length, 200);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  assertEquals(twice, []);
});

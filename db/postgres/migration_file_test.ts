import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { parseMigration, readMigrations } from "./migration_file.ts";

Deno.test("parseMigration() gives the part that brings the schema up", () => {
  assertEquals(
    parseMigration("-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n", "1_a.sql"),
    "SELECT 1;",
  );
  assertEquals(
    parseMigration("-- why\n--migrate:up\r\nSELECT 1; -- migrate:down is not here\n", "1_a.sql"),
    "SELECT 1; -- migrate:down is not here",
  );
});

Deno.test("parseMigration() refuses what it would misread", () => {
  const texts = {
    "SELECT 1;": "needs one",
    "-- migrate:down\nSELECT 1;\n-- migrate:up\nSELECT 2;": "needs one",
    "-- migrate:up\nSELECT 1;\n-- migrate:up\nSELECT 2;": "needs one",
    "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (c);": "runs in a transaction",
    "-- migrate:up\n\n-- migrate:down\nSELECT 1;": "is empty",
  };
  for (const [text, expected] of Object.entries(texts)) {
    const { message } = assertThrows(() => parseMigration(text, "1_a.sql"), Error);
    assertStringIncludes(message, "Migration 1_a.sql ");
    assertStringIncludes(message, expected);
  }
});

Deno.test("readMigrations() orders the files of all sources by version", async () => {
  const [one, two] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  const write = (directory: string, name: string): Promise<void> =>
    Deno.writeTextFile(`${directory}/${name}`, "-- migrate:up\nSELECT 1;");
  await write(one, "20260102_b.sql");
  await write(two, "20260101_a.sql");
  await write(one, "20260103_c.sql");
  const sources = [{ name: "one", directory: one }, { name: "two", directory: two }];
  assertEquals((await readMigrations(sources)).map(({ fileName, source }) => [source, fileName]), [
    ["two", "20260101_a.sql"],
    ["one", "20260102_b.sql"],
    ["one", "20260103_c.sql"],
  ]);
  await write(two, "20260103_d.sql");
  const duplicate = await assertRejects(() => readMigrations(sources), Error);
  assertStringIncludes(duplicate.message, "have the same version");
  await Deno.remove(`${two}/20260103_d.sql`);
  await write(two, "unnumbered.sql");
  await assertRejects(() => readMigrations(sources), Error, "does not begin with a version");
  for (const directory of [one, two]) await Deno.remove(directory, { recursive: true });
});

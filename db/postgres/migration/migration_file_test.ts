import { assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MigrationError } from "../../errors.ts";
import { checksum, readMigrations } from "./migration_file.ts";

Deno.test("checksum() ignores only the changes of editors and version control", async () => {
  const sum = await checksum("-- migrate:up\nSELECT 1;\n");
  for (const same of ["-- migrate:up\r\nSELECT 1;", "\ufeff-- migrate:up\nSELECT 1;\n\n \n"]) {
    assertEquals(await checksum(same), sum);
  }
  for (const other of ["-- migrate:up\nSELECT 2;\n", "-- migrate:up\n SELECT 1;\n"]) {
    assertNotEquals(await checksum(other), sum);
  }
});

Deno.test("readMigrations() orders the files of all sources by name", async () => {
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
  const duplicate = await assertRejects(() => readMigrations(sources), MigrationError);
  assertStringIncludes(duplicate.message, "have the same version");
  await Deno.remove(`${two}/20260103_d.sql`);
  await write(two, "unnumbered.sql");
  await assertRejects(() => readMigrations(sources), MigrationError, "does not begin with a version");
  for (const directory of [one, two]) await Deno.remove(directory, { recursive: true });
});

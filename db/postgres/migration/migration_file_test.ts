import { assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import { MigrationError } from "../../errors.ts";
import { checksum, readMigrations } from "./migration_file.ts";

Deno.test("checksum() ignores only the changes of editors and version control", () => {
  const sum = checksum("-- migrate:up\nSELECT 1;\n");
  for (const same of ["-- migrate:up\r\nSELECT 1;", "\ufeff-- migrate:up\nSELECT 1;\n\n \n"]) {
    assertEquals(checksum(same), sum);
  }
  for (const other of ["-- migrate:up\nSELECT 2;\n", "-- migrate:up\n SELECT 1;\n"]) {
    assertNotEquals(checksum(other), sum);
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

Deno.test("readMigrations() follows symbolic links, and names files that it cannot take", async () => {
  await using shared = await migrationFolder({ "shared.sql": "-- migrate:up\nSELECT 1;" });
  await using folder = await migrationFolder({});
  const { path, sources } = folder;
  await Deno.symlink(`${shared.path}/shared.sql`, `${path}/1_link.sql`);
  await Deno.mkdir(`${path}/2_folder.sql`);
  assertEquals((await readMigrations(sources)).map(({ fileName }) => fileName), ["1_link.sql"]);
  await folder.write("3_upper.SQL", "-- migrate:up\nSELECT 1;");
  const upper = await assertRejects(() => readMigrations(sources), MigrationError);
  assertStringIncludes(upper.message, "Migration 3_upper.SQL of test would be ignored by dbmate: rename it");
  await Deno.remove(`${path}/3_upper.SQL`);
  await Deno.symlink(`${path}/nowhere`, `${path}/4_lost.sql`);
  const lost = await assertRejects(() => readMigrations(sources), MigrationError);
  assertStringIncludes(
    lost.message,
    "Migration 4_lost.sql of test is a symbolic link that leads to no readable file",
  );
  await Deno.remove(`${path}/4_lost.sql`);
  await Deno.writeFile(
    `${path}/5_latin.sql`,
    new TextEncoder().encode("-- migrate:up\nSELECT 'x';\n").map((byte) => byte === 0x78 ? 0xe9 : byte),
  );
  const latin = await assertRejects(() => readMigrations(sources), MigrationError);
  assertStringIncludes(
    latin.message,
    "Migration 5_latin.sql of test is not UTF-8: invalid byte 0xE9 at offset 22, line 2",
  );
});

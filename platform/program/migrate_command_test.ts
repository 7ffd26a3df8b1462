import { assertEquals, assertMatch } from "@std/assert";
import { spawnProgram } from "@archway/db/embedded/testing/spawn_program.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";

Deno.test("migrate() prints what the lint reports, with file, line and rule, and exits with 1", async () => {
  await using folder = await migrationFolder({
    "1_create_pets.sql": "-- migrate:up\ncreate table pets (name text);",
    "2_name_pets.sql": "-- migrate:up\n\nalter table pets\n  alter name set not null;",
  });
  const run = async (...files: string[]): Promise<string> => {
    await using program = await spawnProgram(`
      import { migrate } from ${JSON.stringify(import.meta.resolve("./migrate_command.ts"))};
      const configure = () => { throw new Error("the configuration was read"); };
      const options = { project: "program", configure, sources: ${JSON.stringify(folder.sources)} };
      Deno.exitCode = await migrate(["lint", ...${JSON.stringify(files)}], options);
    `);
    const line = await program.line();
    const { code, errors } = await program.ended();
    return `${code}\n${line ?? ""}\n${errors}`;
  };
  assertMatch(
    await run("--all"),
    /^1\n2_name_pets\.sql:3: set-not-null: pets\.name: [^\n]+\nprogram migrate: 1 reported in 2 migrations, see [^\n]+\n$/,
  );
  assertEquals(await run("a/1_create_pets.sql"), "0\nNothing to report on 1 migration\n");
  assertEquals(await run("3_more.sql"), "1\n\nprogram migrate: No service has a migration 3_more.sql\n");
});

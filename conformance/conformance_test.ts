import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { useTestDatabase } from "../tools/postgres/use_test_database.ts";
import { postgresEnvironment } from "../tools/testing/postgres_environment.ts";
import { Program, untilReady } from "../tools/testing/program.ts";
import { MARKER, runRows } from "./run_rows.ts";
import { THEMES } from "./table.ts";

/** What hostile requests need not wait long for. */
const SETTINGS = { AUTH_MODE: "none", READ_TIMEOUT: "1s", VALIDATE_RESPONSES: "true", LOG_LEVEL: "debug" };

/** Runs the whole table against a program, which has to be as well afterwards as before. */
async function assertConforms(environment: Readonly<Record<string, string>>): Promise<void> {
  await using program = new Program({ ...environment, ...SETTINGS });
  const url = await program.url;
  await untilReady(url);
  const results = await runRows(url, THEMES);
  assertEquals(results.filter(({ faults }) => faults.length > 0), []);
  await untilReady(url);
  const { code, stdout, stderr } = await program.stop();
  assertEquals([code, stderr], [0, ""]);
  // Nothing of what was planted is in the log either.
  assert(!stdout.includes(MARKER), "The log repeats what was sent");
}

Deno.test("archway answers every hostile request as the table says on the embedded database", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_conformance_" });
  try {
    await assertConforms({ EMBEDDED_DATA_DIR: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("archway answers every hostile request as the table says on PostgreSQL", async () => {
  await using database = await useTestDatabase();
  await assertConforms({ ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" });
});

Deno.test("THEMES has 200 rows or more, and each is named once in its theme", () => {
  const names = THEMES.flatMap(({ name, rows }) => rows.map((row) => `${name}: ${row.name}`));
  assertGreaterOrEqual(names.length, 200);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  assertEquals(twice, []);
});

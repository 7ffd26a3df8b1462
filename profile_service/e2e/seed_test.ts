import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { BATCH_SIZE } from "../seed/seed_plan.ts";
import { MIGRATION_SOURCES } from "@archway/tools/support/migration_sources.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, type ProgramResult, untilReady } from "@archway/tools/support/program.ts";
import { testWithEmbedded } from "@archway/tools/support/program_storage.ts";

async function run(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<ProgramResult> {
  await using program = new MainProgram(environment, ["seed", ...args]);
  return await program.ended();
}

testWithEmbedded("archway seed fills the embedded database", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    const environment = { EMBEDDED_DATA_DIR: folder };
    const { code, stdout, stderr } = await run(environment, ["--profiles", "120"]);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /^Added 120 profiles in [\d.]+ s \([\d,]+\/s\)\n$/);
    assertStringIncludes(stderr, "100%, 120 of 120 profiles");
    await using program = new MainProgram(environment);
    const url = await program.url;
    await untilReady(url);
    const { data, meta } = await (await fetch(`${url}/v1/profiles?page=1&pageSize=5`)).json();
    assertEquals([data.length, meta.totalItems], [5, 120]);
    await program.stop();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("archway seed reports existing profiles, and conflicts with another run", async () => {
  await using database = await useTestDatabase({ migrations: MIGRATION_SOURCES });
  assertEquals((await run(postgresEnvironment(database.instance), ["--profiles", "120"])).code, 0);
  assertEquals(await run(postgresEnvironment(database.instance), ["--profiles", "120"]), {
    code: 0,
    stdout: "All 120 profiles already exist\n",
    stderr: "",
  });
  const { code, stdout, stderr } = await run(postgresEnvironment(database.instance), ["--profiles", "121"]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^archway seed: Conflicting profiles exist.*--random-seed.*$/m);
});

Deno.test("archway seed leaves complete batches on SIGINT, and the same command continues", async () => {
  await using database = await useTestDatabase({ migrations: MIGRATION_SOURCES });
  const { instance } = database;
  await using pool = openPool({ primary: instance, replicas: [] });
  async function countProfiles(): Promise<number> {
    const { rows: [row] } = await pool.writer().query<{ count: number }>(
      "select count(*)::int from profiles",
    );
    return row?.count ?? 0;
  }
  // More than a fast machine writes before the signal.
  const total = 20 * BATCH_SIZE;
  await using program = new MainProgram(postgresEnvironment(database.instance), [
    "seed",
    "--profiles",
    String(total),
  ]);
  const ended = program.ended();
  while (await countProfiles() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 500));
  program.signal("SIGINT");
  const { code, stdout } = await ended;
  const left = await countProfiles();
  assert(left > 0);
  assertEquals(left % BATCH_SIZE, 0);
  if (left < total) {
    assertEquals(code, 130);
    assertStringIncludes(
      stdout,
      `Stopped with ${left.toLocaleString("en")} of ${total.toLocaleString("en")} profiles;`,
    );
  }
  const second = await run(postgresEnvironment(database.instance), ["--profiles", String(total)]);
  assertEquals(second.code, 0, second.stderr);
  if (left < total) assertStringIncludes(second.stdout, `; ${left.toLocaleString("en")} already existed`);
  assertEquals(await countProfiles(), total);
});

Deno.test("archway seed requires migrations on an external database", async () => {
  await using database = await useTestDatabase();
  assertEquals(await run(postgresEnvironment(database.instance), ["--profiles", "10"]), {
    code: 1,
    stdout: "",
    stderr: "archway seed: The database has pending migrations; run archway migrate up first\n",
  });
});

Deno.test("archway seed exits with 2 and its usage on invalid arguments, before reading the configuration", async () => {
  const { code, stdout, stderr } = await run({ LOG_LEVEL: "nonsense" }, ["--profiles", "many"]);
  assertEquals([code, stdout], [2, ""]);
  assertMatch(
    stderr,
    /^archway seed: --profiles must be [^\n]*\nUsage: archway seed --profiles [^\n]*\n(?: +archway seed --[^\n]*\n)*$/,
  );
});

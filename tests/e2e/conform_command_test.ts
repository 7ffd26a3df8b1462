import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, type ProgramResult, untilReady } from "@archway/tools/support/program.ts";

async function conform(...args: readonly string[]): Promise<ProgramResult> {
  await using program = new Program({}, ["conform", ...args]);
  return await program.ended();
}

Deno.test("archway conform tests a running program without settings or a database of its own", async () => {
  await using database = await useTestDatabase();
  await using program = new Program({
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    AUTH_MODE: "none",
  });
  const url = await program.url;
  await untilReady(url);
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    const file = `${folder}/contact.yaml`;
    await using printing = new Program({}, ["openapi", "contact", "--yaml"]);
    await Deno.writeTextFile(file, (await printing.ended()).stdout);
    const [served, written, none, wrong] = await Promise.all([
      conform(url, "--only", "contact conditions: "),
      conform(url, "--document", file, "--only", "conditions: "),
      conform(url, "--only", "qzqz"),
      conform("127.0.0.1"),
    ]);
    for (const { code, stdout, stderr } of [served, written]) {
      assertEquals([code, stderr], [0, ""], stdout);
      assertMatch(stdout, /^([1-9]\d*) requests sent, \1 passed, 0 failed\n$/);
    }
    const history = await conform(url, "--history", "--seconds", "1", "--seed", "7");
    assertEquals([history.code, history.stderr], [0, ""], history.stdout);
    assertMatch(history.stdout, /^\d+ operations on \/v1\/contacts \(seed 7\): .*; 0 violations\n$/);
    assertEquals([none.code, none.stdout, wrong.code, wrong.stdout], [2, "", 2, ""]);
    assertStringIncludes(none.stderr, 'archway conform: No test matches --only "qzqz"');
    assertStringIncludes(wrong.stderr, "Usage: archway conform <url> [--document <doc>]");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

import { assertEquals, assertMatch } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { commandOf, Program } from "@archway/tools/support/program.ts";

type Environment = Readonly<Record<string, string>>;

/** Runs `db restore` with a dump as its standard input. */
async function restore(
  env: Environment,
  dump: string,
): Promise<{ readonly code: number; readonly text: string }> {
  const { file, ...command } = commandOf(["db", "restore"]);
  const stdio = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command(file, { ...command, ...stdio, env: { ...env, PORT: "0" } }).spawn();
  const fed = ReadableStream.from([new TextEncoder().encode(dump)]).pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  await fed.catch(() => undefined);
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

async function archway(environment: Environment, line: string): Promise<string> {
  await using program = new Program(environment, line.split(" "));
  const { code, stdout, stderr } = await program.ended();
  assertEquals(code, 0, stderr);
  return stdout;
}

Deno.test("archway db dump and restore move the embedded database to a new directory and to a server", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    const old = { EMBEDDED_DATA_DIR: `${folder}/old` };
    await archway(old, "migrate up");
    await archway(old, "fill 1200");
    const dump = await archway(old, "db dump");
    await using database = await useTestDatabase();
    const renewed = { EMBEDDED_DATA_DIR: `${folder}/new` };
    for (const environment of [renewed, postgresEnvironment(database.instance)]) {
      const { code, text } = await restore(environment, dump);
      assertEquals(code, 0, text);
      assertMatch(text, /^Restored [\d,]+ rows\n$/);
    }
    // The same rows, and the same dump apart from its time.
    const withoutTime = (text: string): string => text.replace(/\n-- Made at [^\n]+/, "");
    assertEquals(withoutTime(await archway(renewed, "db dump")), withoutTime(dump));
    await using pool = openPool({ primary: database.instance, replicas: [] });
    const { rows } = await pool.writer().query("SELECT count(*) AS count FROM contacts");
    assertEquals(rows, [{ count: 1200n }]);
    const again = await restore(renewed, dump);
    assertEquals(again.code, 1);
    assertMatch(
      again.text,
      /^archway db: The target is not empty, public\.\w+ has rows: specify an empty database\n$/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

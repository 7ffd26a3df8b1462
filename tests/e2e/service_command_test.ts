import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { BATCH_SIZE } from "@archway/tools/support/contact_service/fill_command.ts";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, type ProgramResult, untilReady } from "@archway/tools/support/program.ts";
import { testWithEmbedded } from "@archway/tools/support/program_storage.ts";

async function archway(environment: Readonly<Record<string, string>>, line: string): Promise<ProgramResult> {
  await using program = new Program(environment, line.split(" "));
  return await program.ended();
}

testWithEmbedded(
  "archway runs a command of a service on the embedded database and shows its progress",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
    try {
      const environment = { EMBEDDED_DATA_DIR: folder };
      const { code, stdout, stderr } = await archway(environment, "fill 120");
      assertEquals([code, stdout], [0, "Added 120 contacts\n"], stderr);
      assertStringIncludes(stderr, "100%, 120 of 120 contacts");
      await using program = new Program(environment);
      const url = await program.url;
      await untilReady(url);
      const { data, meta } = await (await fetch(`${url}/v1/contacts?page=1&pageSize=5`)).json();
      assertEquals([data.length, meta.totalItems], [5, 120]);
      await program.stop();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

testWithEmbedded(
  "archway runs commands beside a program with the embedded database, until it is killed",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
    try {
      const environment = { EMBEDDED_DATA_DIR: folder };
      await using program = new Program(environment);
      const url = await program.url;
      await untilReady(url);
      const count = async (): Promise<number> => {
        const { meta } = await (await fetch(`${url}/v1/contacts?page=1&pageSize=1`)).json();
        return meta.totalItems;
      };
      const results = await Promise.all(
        ["fill 120", "db status --json", "migrate status", "db dump"].map((line) =>
          archway(environment, line)
        ),
      );
      assertEquals(
        results.map(({ code }) => code),
        [0, 0, 0, 0],
        results.map(({ stderr }) => stderr).join(""),
      );
      assertEquals(await count(), 120);
      assertMatch(results.at(-1)?.stdout ?? "", /^-- Archway dump.+\nCOMMIT;\n.+\n$/s);
      const files = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assertEquals(files.filter((name) => name.startsWith("spool")), []);
      await using command = new Program(environment, ["fill", "9000000"]);
      // The program serves requests meanwhile.
      while (await count() < 5_000);
      await program.kill();
      const { code, stderr } = await command.ended();
      assertEquals(code, 1);
      assertMatch(
        stderr,
        /\narchway fill: .+: the program that has the embedded database open has ended or restarted; run/,
      );
      await using restarted = new Program(environment);
      await untilReady(await restarted.url);
      assertEquals((await restarted.stop()).code, 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("archway stops a command of a service on SIGINT with the exit code of the signal", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.migrate(FIXTURE_MIGRATIONS);
  const count = async (): Promise<number> => {
    const sql = "select count(*)::int from contacts";
    const { rows: [row] } = await pool.writer().query<{ count: number }>(sql);
    return row?.count ?? 0;
  };
  await using program = new Program(postgresEnvironment(database.instance), ["fill", "9000000"]);
  while (await count() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  program.signal("SIGINT");
  const { code, stdout } = await program.ended();
  const added = await count();
  assertEquals([code, stdout], [130, `Added ${added} contacts\n`]);
  assert(added > 0 && added % BATCH_SIZE === 0, `${added} contacts`);
});

Deno.test("archway requires migrations for a command of a service on a server", async () => {
  await using database = await useTestDatabase();
  assertEquals(await archway(postgresEnvironment(database.instance), "fill 10"), {
    code: 1,
    stdout: "",
    stderr: "archway fill: The database has pending migrations; run archway migrate up first\n",
  });
});

Deno.test("archway rejects invalid arguments of a service's command with exit code 2 and its usage, before anything else", async () => {
  const { code, stdout, stderr } = await archway({ LOG_LEVEL: "nonsense" }, "fill many");
  assertEquals([code, stdout], [2, ""]);
  assertEquals(stderr, "archway fill: expected a number of contacts\nUsage: archway fill <number>\n");
});

Deno.test("archway lists the commands of its services", async () => {
  const { code, stdout } = await archway({}, "help");
  assertEquals(code, 0);
  assertMatch(stdout, /^ {2}fill +Add generated contacts$/m);
});

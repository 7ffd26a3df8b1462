import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, type ProgramResult } from "@archway/tools/support/program.ts";

const PASSWORD = "a planted password";
/** Superusers use trust authentication, others need a password. */
const ACCESS = "local all postgres trust\nlocal all all scram-sha-256\n";

const CAUSES: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
  [{ POSTGRES_PRIMARY_DATABASE: "nosuch" }, 'database "nosuch" does not exist (3D000)'],
  [{ POSTGRES_PRIMARY_USER: "lovelace" }, 'password authentication failed for user "lovelace" (28P01)'],
];

async function withServer(run: (server: PostgresServer) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_access_" });
  await Deno.writeTextFile(join(folder, "pg_hba.conf"), ACCESS);
  await Deno.chmod(folder, 0o755);
  const settings = { hba_file: join(folder, "pg_hba.conf") };
  await using server = await startPostgres({ settings, removeToo: folder });
  await run(server);
}

async function archway(environment: Readonly<Record<string, string>>, line: string): Promise<ProgramResult> {
  await using program = new Program(environment, line.split(" "));
  return await program.ended();
}

Deno.test("archway's commands report why the database cannot be reached, without the password", async () => {
  await withServer(async ({ instance }) => {
    for (const [wrong, cause] of CAUSES) {
      const environment = {
        ...postgresEnvironment(instance),
        POSTGRES_PRIMARY_PASSWORD: PASSWORD,
        ...wrong,
      };
      for (const line of ["migrate up", "migrate status", "db status", "fill 1"]) {
        const { code, stdout, stderr } = await archway(environment, line);
        const [name] = line.split(" ");
        assertEquals(
          [line, code, stderr],
          [line, 1, `archway ${name}: The database cannot be reached: ${cause}\n`],
        );
        assertFalse(stdout.includes(PASSWORD));
      }
    }
  });
});

Deno.test("archway's log says what it waits for, and its responses do not", async () => {
  await withServer(async ({ instance }) => {
    for (const [wrong, cause] of CAUSES) {
      await using program = new Program({
        ...postgresEnvironment(instance),
        POSTGRES_PRIMARY_PASSWORD: PASSWORD,
        ...wrong,
      });
      const url = await program.url;
      for (const path of ["/v1/contacts", "/readyz?verbose"]) {
        const response = await fetch(`${url}${path}`);
        const text = await response.text();
        assertEquals([path, response.status], [path, 503]);
        for (const word of ["nosuch", "lovelace", "3D000", "28P01"]) assertFalse(text.includes(word), text);
      }
      const { stdout, stderr } = await program.stop();
      assertStringIncludes(stdout + stderr, JSON.stringify(cause).slice(1, -1));
      assertMatch(stderr, /Waiting for the database/);
      assertFalse((stdout + stderr).includes(PASSWORD));
    }
  });
});

Deno.test("archway reports why none of several hosts accepts writes", async () => {
  await withServer(async ({ instance }) => {
    const environment = {
      ...postgresEnvironment(instance),
      POSTGRES_PRIMARY_HOST: `${instance.host},${instance.host}/none`,
      POSTGRES_PRIMARY_DATABASE: "nosuch",
    };
    const { code, stderr } = await archway(environment, "migrate up");
    assertEquals(code, 1);
    assertStringIncludes(stderr, "None of the primary's hosts accepts writes");
    assertStringIncludes(stderr, `${instance.host}:5432: database "nosuch" does not exist (3D000)`);
    assertMatch(stderr, /\/none:5432: [^;]*ENOENT/);
  });
});

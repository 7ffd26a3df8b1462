import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import postgres from "postgres";
import type { PostgresServer } from "../../tools/postgres/postgres_server.ts";
import { startPostgres } from "../../tools/postgres/start_postgres.ts";
import { startStandby } from "../../tools/postgres/start_standby.ts";

const HERE = import.meta.dirname ?? ".";
const PASSWORD = "of-the-standby";

/** Runs a file as psql does, as a superuser. */
async function runFile({ instance }: PostgresServer, file: string): Promise<readonly object[]> {
  const { host, port, user, database } = instance;
  const connection = { "archway.standby_password": PASSWORD };
  const sql = postgres({ host, port, user, database, max: 1, connection, onnotice: () => {} });
  try {
    return await sql.unsafe(await Deno.readTextFile(join(HERE, file)));
  } finally {
    await sql.end();
  }
}

Deno.test("replication.sql and pg_hba.conf let a standby follow with its password, and nobody without", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_hba_" });
  await Deno.copyFile(join(HERE, "pg_hba.conf"), join(folder, "pg_hba.conf"));
  // The server may run as another user.
  await Deno.chmod(folder, 0o755);
  const hba = { hba_file: join(folder, "pg_hba.conf") };
  await using primary = await startPostgres({ tcp: true, settings: hba, removeToo: folder });
  // The second time both are there already.
  for (let time = 0; time < 2; time++) await runFile(primary, "replication.sql");
  const { port } = primary.instance;
  const settings = {
    ...hba,
    primary_conninfo: `host=127.0.0.1 port=${port} user=standby password=${PASSWORD}`,
    primary_slot_name: "standby",
  };
  await using standby = await startStandby(primary, { settings });
  await standby.catchUp(primary);
  const isReplicating = async (server: PostgresServer): Promise<unknown> =>
    Object.values((await runFile(server, "is_replicating.sql"))[0] ?? {})[0];
  // It may replay before the function says that it streams.
  while (await isReplicating(standby) !== true) await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(await isReplicating(primary), true);

  for (const password of ["", "wrong"]) {
    const sql = postgres({
      host: "127.0.0.1",
      port,
      user: "standby",
      password,
      max: 1,
      fetch_types: false,
      connection: { replication: "true" },
    });
    const error = await assertRejects(
      async () => await sql.unsafe("IDENTIFY_SYSTEM"),
      postgres.PostgresError,
    );
    assertEquals(error.code, "28P01");
    await sql.end();
  }
  await primary.kill();
  while (await isReplicating(standby) !== false) await new Promise((resolve) => setTimeout(resolve, 20));
  await standby.promote();
  assertEquals(await isReplicating(standby), true);
});

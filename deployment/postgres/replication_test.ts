import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import postgres from "postgres";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";

const HERE = import.meta.dirname ?? ".";
const PASSWORD = "of-the-standby";

/** Runs a file as psql does, as a superuser. */
async function runFile(server: PostgresServer, file: string): Promise<readonly object[]> {
  return await run(server, await Deno.readTextFile(join(HERE, file)));
}

async function run({ instance }: PostgresServer, statements: string): Promise<readonly object[]> {
  const { host, port, user, database } = instance;
  const connection = { "archway.standby_password": PASSWORD };
  const sql = postgres({ host, port, user, database, max: 1, connection, onnotice: () => {} });
  try {
    return await sql.unsafe(statements);
  } finally {
    await sql.end();
  }
}

Deno.test("replication.sql and pg_hba.conf let a standby replicate with its password only", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_hba_" });
  await Deno.copyFile(join(HERE, "pg_hba.conf"), join(folder, "pg_hba.conf"));
  // The server may run as another user.
  await Deno.chmod(folder, 0o755);
  const hba = { hba_file: join(folder, "pg_hba.conf") };
  await using primary = await startPostgres({ tcp: true, settings: hba, removeToo: folder });
  await runFile(primary, "replication.sql");
  // The second time both are there, but the slot has lost what it was to keep.
  const settings = { max_slot_wal_keep_size: "'1MB'", max_wal_size: "'2MB'", min_wal_size: "'2MB'" };
  for (const [name, value] of Object.entries(settings)) {
    await run(primary, `ALTER SYSTEM SET ${name} = ${value}`);
  }
  await run(primary, "SELECT pg_reload_conf()");
  const status = "SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'standby'";
  while (JSON.stringify(await run(primary, status)) !== '[{"wal_status":"lost"}]') {
    await run(primary, "SELECT pg_logical_emit_message(false, 'fill', repeat('.', 1000000))");
    await run(primary, "SELECT pg_switch_wal()");
    await run(primary, "CHECKPOINT");
  }
  for (const name of Object.keys(settings)) await run(primary, `ALTER SYSTEM RESET ${name}`);
  await run(primary, "SELECT pg_reload_conf()");
  await runFile(primary, "replication.sql");
  assertEquals(JSON.stringify(await run(primary, status)), '[{"wal_status":"reserved"}]');
  const { port } = primary.instance;
  const following = {
    ...hba,
    primary_conninfo: `host=127.0.0.1 port=${port} user=standby password=${PASSWORD}`,
    primary_slot_name: "standby",
  };
  await using standby = await startStandby(primary, { settings: following });
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

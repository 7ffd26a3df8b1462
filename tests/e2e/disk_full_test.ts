import { assert, assertEquals, assertGreater } from "@std/assert";
import postgres from "postgres";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { runAs } from "@archway/tools/support/postgres/run_as.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { SmallDisk } from "@archway/tools/support/small_disk.ts";

await using trial = await SmallDisk.mount(1);
const possible = trial !== undefined;

/** Enough space for an empty database and a few rows. */
const MEBIBYTES = 24;

async function create(url: string, name: string): Promise<Response> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });
  await response.body?.cancel();
  return response;
}

Deno.test({
  name:
    "archway rejects writes while the disk of the database is full, loses none, and recovers with free space" +
    (possible ? "" : " (skipped: no small disk can be mounted here)"),
  ignore: !possible,
  fn: async () => {
    await using disk = await SmallDisk.mount(MEBIBYTES);
    if (disk === undefined) throw new Error("Mounting a small disk failed, but succeeded before");
    await using server = await startPostgres();
    const folder = `${disk.path}/tablespace`;
    // Created by the user that runs PostgreSQL, who must own it.
    await runAs({ uid: 65534, gid: 65534 }, "mkdir", [folder]);
    const { host, port, user } = server.instance;
    const sql = postgres({ host, port, user, database: "postgres", max: 1, onnotice: () => {} });
    await sql.unsafe(`CREATE TABLESPACE small LOCATION '${folder}'`);
    await sql.unsafe("CREATE DATABASE small TABLESPACE small");
    await sql.end();
    const instance = { ...server.instance, database: "small" };
    await using program = new Program({ ...postgresEnvironment(instance), MIGRATE_ON_START: "true" });
    const url = await program.url;
    await untilReady(url);
    assertEquals((await create(url, "Before")).status, 201);

    await disk.fill();
    let created = 1;
    let refused = await create(url, "First");
    // PostgreSQL has some reserved space left.
    while (refused.status === 201) refused = await create(url, `Person ${created++}`);
    assertEquals(refused.status, 503);
    assertGreater(Number(refused.headers.get("retry-after")), 0);
    const list = await fetch(`${url}/v1/contacts?limit=1`);
    assertEquals([list.status, (await list.json()).data.length], [200, 1]);

    await disk.empty();
    assertEquals((await create(url, "After")).status, 201);
    const names = postgres({ host, port, user, database: "small", max: 1 });
    const [row] = await names`SELECT count(*)::int AS count FROM contacts`;
    await names.end();
    assertEquals(row?.["count"], created + 1);
    assert(
      await fetch(`${url}/readyz`).then(async (response) => {
        await response.body?.cancel();
        return response.ok;
      }),
    );
    assertEquals((await program.stop()).code, 0);
  },
});

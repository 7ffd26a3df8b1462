import { assertEquals, assertLess } from "@std/assert";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { openPool } from "../../postgres/open_pool.ts";
import { startEmbedded } from "../start_embedded.ts";
import { spawnProgram } from "../testing/spawn_program.ts";

/** Promised size of the write-ahead log in segments of 1 MB. */
const PROMISED = 64;

/** Writes about 100 MB of write-ahead log, a part in one transaction, and prints the largest number of segments. */
function programThatFills(directory: string): string {
  return `
    import { startEmbedded } from ${JSON.stringify(import.meta.resolve("../start_embedded.ts"))};
    import { openPool } from ${JSON.stringify(import.meta.resolve("../../postgres/open_pool.ts"))};
    const database = await startEmbedded({ dataDirectory: ${JSON.stringify(directory)} });
    const pool = openPool({ primary: database.instance, replicas: [], statementTimeoutMs: 0, transactionTimeoutMs: 0 });
    await pool.writer().query("CREATE TABLE filled (id int, text text)");
    let most = 0;
    const fill = async (server) => {
      for (let batch = 0; batch < 50; batch++) {
        await server.query("INSERT INTO filled SELECT id, repeat(md5(id::text), 30) FROM generate_series(1, 1000) AS id");
        const files = [...Deno.readDirSync(${JSON.stringify(directory)} + "/cluster/pg_wal")];
        most = Math.max(most, files.filter(({ isFile }) => isFile).length);
      }
    };
    await fill(pool.writer());
    await pool.withTx(async (tx) => {
      await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      await tx.query("GRANT INSERT ON filled TO pg_monitor");
      await fill(tx);
      // A role that may not make a checkpoint.
      await tx.query("SET LOCAL ROLE pg_monitor");
      await fill(tx);
    });
    console.log(most);
    await new Promise(() => {});`;
}

Deno.test("startEmbedded() bounds the write-ahead log while statements run, and starts after SIGKILL", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using program = await spawnProgram(programThatFills(directory));
    const most = await program.line();
    if (most === undefined) assertEquals(await program.ended(), undefined);
    assertLess(Number(most), PROMISED);
    await program.kill();
    await using database = await startEmbedded({ dataDirectory: directory });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    const { rows } = await pool.writer().query("SELECT count(*) AS count FROM filled");
    assertEquals(rows, [{ count: 150_000n }]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("startEmbedded() vacuums tables with many dead rows", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using database = await startEmbedded({ dataDirectory: directory, maintenanceMs: 20 });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    const writer = pool.writer();
    await writer.query('CREATE TABLE "Busy" (id int PRIMARY KEY, count int)');
    await writer.query('INSERT INTO "Busy" SELECT id, 0 FROM generate_series(1, 1000) AS id');
    const vacuums = async (): Promise<bigint> => {
      const { rows } = await writer.query<{ vacuum_count: bigint }>(
        "SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'Busy'",
      );
      return rows[0]?.vacuum_count ?? 0n;
    };
    while (await vacuums() < 2n) await writer.query('UPDATE "Busy" SET count = count + 1');
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

import { assertEquals } from "@std/assert";
import { startPgbouncer } from "@archway/tools/support/postgres/start_pgbouncer.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { testWithPgbouncer } from "@archway/tools/support/postgres/test_with_pgbouncer.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import type { ConnectionPool, ListenState } from "../../db.ts";
import { openBehind } from "../faults/testing/behind_pgbouncer.ts";
import { openPool } from "../open_pool.ts";

const NOTIFY = "SELECT pg_notify('things', '')";

/** Somebody who listens, and what they were told. */
class Ear implements AsyncDisposable {
  readonly states: ListenState[] = [];
  heard = 0;
  readonly #listening: AsyncDisposable;
  #changed = Promise.withResolvers<void>();

  constructor(pool: ConnectionPool) {
    this.#listening = pool.listen("things", {
      onNotify: () => {
        this.heard++;
        this.#change();
      },
      onState: (state) => {
        this.states.push(state);
        this.#change();
      },
    });
  }

  /** Resolves when it is so. */
  async until(isSo: (ear: Ear) => boolean): Promise<void> {
    while (!isSo(this)) await this.#changed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening[Symbol.asyncDispose]();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

for (const [name, open] of Object.entries(databasesWith([]))) {
  Deno.test(`ConnectionPool.listen() hears what was committed, of its own channel (${name})`, async () => {
    await using database = await open();
    const { pool } = database;
    await using ear = new Ear(pool);
    // What may have been sent before counts as heard.
    await ear.until(({ heard }) => heard === 1);
    assertEquals(ear.states, ["listening"]);
    await pool.writer().query("SELECT pg_notify('others', '')");
    await pool.withTx((tx) => tx.query(NOTIFY)).then(() => pool.writer().query(NOTIFY));
    await ear.until(({ heard }) => heard === 3);
    await pool.withTx(async (tx) => {
      await tx.query(NOTIFY);
      throw new Error("rolled back");
    }).catch(() => {});
    await pool.writer().query(NOTIFY);
    await ear.until(({ heard }) => heard === 4);
    await ear[Symbol.asyncDispose]();
    await pool.writer().query(NOTIFY);
    assertEquals(ear.heard, 4);
  });
}

Deno.test("ConnectionPool.listen() goes on after its connection was lost", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using ear = new Ear(pool);
  await ear.until(({ heard }) => heard === 1);
  for (let round = 1; round <= 3; round++) {
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query = 'LISTEN things' AND datname = current_database()`;
    assertEquals((await pool.writer().query(kill)).rowCount, 1);
    await ear.until(({ states }) => states.length === 1 + 2 * round);
    await ear.until(({ heard }) => heard === 2 * round);
    await pool.writer().query(NOTIFY);
    await ear.until(({ heard }) => heard === 2 * round + 1);
  }
  assertEquals(ear.states.slice(0, 3), ["listening", "lost", "listening"]);
});

Deno.test("ConnectionPool.listen() waits for a server that is not there yet, and can be ended meanwhile", async () => {
  await using server = await startPostgres();
  await server.stop();
  await using pool = openPool({ primary: server.instance, replicas: [] });
  await using ear = new Ear(pool);
  await using other = new Ear(pool);
  await ear.until(({ states }) => states.length === 1);
  assertEquals(ear.states, ["lost"]);
  await other[Symbol.asyncDispose]();
  await server.start();
  await ear.until(({ heard }) => heard === 1);
  assertEquals(ear.states, ["lost", "listening"]);
});

Deno.test("ConnectionPool.listen() follows the primary", async () => {
  await using primary = await startPostgres({ durable: true });
  await using standby = await startStandby(primary, { durable: true });
  await using pool = openPool({ primary: [primary.instance, standby.instance], replicas: [] });
  await using ear = new Ear(pool);
  await ear.until(({ heard }) => heard === 1);
  await standby.catchUp(primary);
  await primary.kill();
  await standby.promote();
  await ear.until(({ heard }) => heard >= 2);
  const before = ear.heard;
  await using admin = openPool({ primary: standby.instance, replicas: [] });
  await admin.writer().query(NOTIFY);
  await ear.until(({ heard }) => heard > before);
  assertEquals(ear.states, ["listening", "lost", "listening"]);
});

testWithPgbouncer("ConnectionPool.listen() says that a pooler cannot keep a session for it", async () => {
  await using database = await useTestDatabase();
  await using pgbouncer = await startPgbouncer(database.instance, { ini: "pool_mode = transaction" });
  await using told = openBehind(pgbouncer);
  await using ear = new Ear(told);
  await ear.until(({ states }) => states.length === 1);
  // Nobody told this one, and PgBouncer was talked into ignoring what gives it away.
  const ini = "pool_mode = transaction\nignore_startup_parameters = statement_timeout,transaction_timeout";
  await using silent = await startPgbouncer(database.instance, { ini });
  await using untold = openPool({ primary: silent.instance, replicas: [] });
  await using other = new Ear(untold);
  await other.until(({ states }) => states.length === 1);
  assertEquals([ear.states, other.states], [["impossible"], ["impossible"]]);
});

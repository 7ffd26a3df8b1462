import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { ConnectionPool, Transaction } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import type { PoolConfig } from "../pool_config.ts";

/** Creates accounts 1 and 2, with 100 each. */
async function makeAccounts(pool: ConnectionPool): Promise<void> {
  await pool.writer().query("CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)");
  await pool.writer().query("INSERT INTO accounts VALUES (1, 100), (2, 100)");
}

/** Opens a pool on a new database with such accounts. */
async function openAccounts(config: Partial<PoolConfig> = {}): Promise<ConnectionPool> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await useTestDatabase());
  const pool = stack.use(openPool({ primary: database.instance, replicas: [], ...config }));
  await makeAccounts(pool);
  const opened = stack.move();
  return Object.assign(pool, { [Symbol.asyncDispose]: () => opened.disposeAsync() });
}

async function balances(pool: ConnectionPool): Promise<readonly number[]> {
  const { rows } = await pool.writer().query<{ balance: number }>("SELECT balance FROM accounts ORDER BY id");
  return rows.map(({ balance }) => balance);
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, DatabaseError)).code;
}

Deno.test("withTx() runs at the requested isolation level", async () => {
  await using pool = await openAccounts();
  const levelOf = async (tx: Transaction): Promise<string | undefined> =>
    (await tx.query<{ level: string }>("SELECT current_setting('transaction_isolation') AS level")).rows[0]
      ?.level;
  assertEquals(await pool.withTx(levelOf), "read committed");
  for (const isolation of ["read committed", "repeatable read", "serializable"] as const) {
    assertEquals(await pool.withTx(levelOf, { isolation }), isolation);
    assertEquals(await pool.withTimeoutTx(5_000, levelOf, { isolation, readOnly: true }), isolation);
  }
});

Deno.test("withTx() rejects writes in a read-only transaction", async () => {
  await using pool = await openAccounts();
  const writing = pool.withTx((tx) => tx.query("UPDATE accounts SET balance = 0"), { readOnly: true });
  const error = await assertRejects(() => writing, DatabaseError);
  assertEquals(error.sqlState, "25006");
  assertEquals(await balances(pool), [100, 100]);
});

Deno.test("withTx() retries repeatable transactions until both of a conflict have committed", async () => {
  await using pool = await openAccounts();
  let runs = 0;
  const { promise: bothRead, resolve } = Promise.withResolvers<void>();
  const transfer = async (tx: Transaction): Promise<void> => {
    const { rows } = await tx.query<{ sum: bigint }>("SELECT sum(balance) AS sum FROM accounts");
    if (++runs === 2) resolve();
    await bothRead;
    await tx.query("UPDATE accounts SET balance = $1 WHERE id = 1", [Number(rows[0]?.sum ?? 0n)]);
  };
  const options = { isolation: "serializable", repeatable: true } as const;
  await Promise.all([pool.withTx(transfer, options), pool.withTx(transfer, options)]);
  assert(runs > 2, `${runs} runs`);
  // Sequentially: 200, and then 200 + 100.
  assertEquals(await balances(pool), [300, 100]);
});

Deno.test("withTx() does not retry unless repeatable", async () => {
  await using pool = await openAccounts();
  let runs = 0;
  const { promise: bothRead, resolve } = Promise.withResolvers<void>();
  const results = await Promise.allSettled([1, 2].map((id) =>
    pool.withTx(async (tx) => {
      await tx.query("SELECT sum(balance) FROM accounts");
      if (++runs === 2) resolve();
      await bothRead;
      await tx.query("UPDATE accounts SET balance = 0 WHERE id = $1", [id]);
    }, { isolation: "serializable" })
  ));
  assertEquals(runs, 2);
  const failed = results.flatMap((result): unknown[] => result.status === "rejected" ? [result.reason] : []);
  assertEquals(failed.map((reason) => reason instanceof DatabaseError && reason.code), ["conflict"]);
});

Deno.test("withTx() stops retrying at the maximum and at its deadline", async () => {
  await using pool = await openAccounts();
  const conflict = new DatabaseError("conflict", "Always");
  let runs = 0;
  const failing = (): Promise<never> => {
    runs++;
    return Promise.reject(conflict);
  };
  const caught = await pool.withTx(failing, { repeatable: true }).catch((error: unknown) => error);
  assertStrictEquals(caught, conflict);
  assertEquals(runs, 6);
  const blocked = pool.withTimeoutTx(50, async (tx) => {
    await tx.query("SELECT pg_sleep(0.03)");
    throw conflict;
  }, { repeatable: true });
  assert(["conflict", "timeout"].includes(await codeOf(blocked)));
});

Deno.test("withTx() rejects nesting, but not a later transaction", async () => {
  await using pool = await openAccounts();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let after: Promise<unknown> = Promise.resolve();
  await pool.withTx(async (tx) => {
    const nested = pool.withTx((inner) => inner.query("SELECT 1"));
    assertEquals(await codeOf(nested), "internal");
    after = ended.then(() => pool.withTx((later) => later.query("SELECT 1")));
    await tx.query("UPDATE accounts SET balance = 1 WHERE id = 1");
  });
  resolve();
  await after;
  assertEquals(await balances(pool), [1, 100]);
});

Deno.test("Transaction.savepoint() only rolls back its own statements", async () => {
  await using pool = await openAccounts();
  const own = new Error("Changed its mind");
  const value = await pool.withTx(async (tx) => {
    await tx.query("UPDATE accounts SET balance = 1 WHERE id = 1");
    const caught = await tx.savepoint(async (inner) => {
      await inner.query("UPDATE accounts SET balance = 2");
      throw own;
    }).catch((error: unknown) => error);
    assertStrictEquals(caught, own);
    // A failed statement invalidates the savepoint, not the transaction.
    const inside = tx.savepoint(async (inner) => {
      await inner.query("INSERT INTO accounts VALUES (1, 0)").catch(() => undefined);
      return "looks like success";
    });
    assertEquals(await codeOf(inside), "unique-violation");
    return await tx.savepoint(async (outer) => {
      await outer.query("UPDATE accounts SET balance = 7 WHERE id = 2");
      await outer.savepoint((inner) => inner.query("SELECT nonsense")).catch(() => undefined);
      return await outer.savepoint(async (inner) => (await inner.query("SELECT 1")).rowCount);
    });
  });
  assertEquals(value, 1);
  assertEquals(await balances(pool), [1, 7]);
});

Deno.test("Transaction.query() rejects during an open savepoint and after the end", async () => {
  await using pool = await openAccounts();
  let leaked: Transaction | undefined;
  let inner: Transaction | undefined;
  await pool.withTx(async (tx) => {
    leaked = tx;
    await tx.savepoint(async (savepoint) => {
      inner = savepoint;
      assertEquals(await codeOf(tx.query("SELECT 1")), "internal");
      assertEquals(await codeOf(tx.savepoint(() => Promise.resolve())), "internal");
    });
    assertEquals(await codeOf(inner?.query("SELECT 1") ?? Promise.resolve()), "internal");
    await tx.query("SELECT 1");
  });
  for (const tx of [leaked, inner]) {
    assertEquals(await codeOf(tx?.query("SELECT 1") ?? Promise.resolve()), "internal");
  }
});

Deno.test("withTx() does not commit before statements that are not awaited", async () => {
  await using pool = await openAccounts();
  const running = pool.withTx((tx) => {
    tx.query("UPDATE accounts SET balance = 5 WHERE id = 1").catch(() => undefined);
    tx.query("INSERT INTO accounts VALUES (2, 0)").catch(() => undefined);
    return Promise.resolve("looks like success");
  });
  assertEquals(await codeOf(running), "unique-violation");
  assertEquals(await balances(pool), [100, 100]);
});

Deno.test("withTx() limits the wait for a lock", async () => {
  await using pool = await openAccounts();
  const held = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holder = pool.withTx(async (tx) => {
    await tx.query("UPDATE accounts SET balance = 1 WHERE id = 1");
    held.resolve();
    await release.promise;
  });
  await held.promise;
  const update = (tx: Transaction): Promise<unknown> =>
    tx.query("UPDATE accounts SET balance = 2 WHERE id = 1");
  const error = await assertRejects(() => pool.withTx(update, { lockTimeoutMs: 20 }), DatabaseError);
  assertEquals([error.code, error.sqlState], ["timeout", "55P03"]);
  release.resolve();
  await holder;
  assertEquals(await balances(pool), [1, 100]);
});

Deno.test("withTimeoutTx() sets its deadline on the server, and withTx() the configured one", async () => {
  await using pool = await openAccounts({ statementTimeoutMs: 40_000, transactionTimeoutMs: 70_000 });
  const settings = async (tx: Transaction): Promise<readonly number[]> => {
    const { rows } = await tx.query<{ name: string; setting: string }>(
      `SELECT setting FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout') ORDER BY name`,
    );
    return rows.map(({ setting }) => Number(setting));
  };
  assertEquals(await pool.withTx(settings), [40_000, 70_000]);
  const [statement = 0, transaction = 0] = await pool.withTimeoutTx(20_000, settings);
  assert(statement > 0 && statement <= 20_000, String(statement));
  assert(transaction > statement && transaction <= 20_501, String(transaction));
  // A longer deadline does not extend the timeout of a single statement.
  assertEquals((await pool.withTimeoutTx(600_000, settings))[0], 40_000);
  assertEquals(await pool.withTx(settings), [40_000, 70_000]);
});

Deno.test("withTx() ends at the configured deadline", async () => {
  await using database = await useTestDatabase();
  // The server enforces the timeout for every statement, and creating the accounts may take longer.
  await using patient = openPool({ primary: database.instance, replicas: [] });
  await makeAccounts(patient);
  await using pool = openPool({ primary: database.instance, replicas: [], transactionTimeoutMs: 50 });
  const stuck = pool.withTx(async (tx) => {
    await tx.query("UPDATE accounts SET balance = 0");
    await new Promise(() => {});
  });
  assertEquals(await codeOf(stuck), "timeout");
  assertEquals(await balances(patient), [100, 100]);
});

Deno.test("withTx() rolls back and frees its connection when its caller aborts", async () => {
  await using pool = await openAccounts();
  const controller = new AbortController();
  const entered = Promise.withResolvers<void>();
  const left = pool.withTx(async (tx) => {
    await tx.query("UPDATE accounts SET balance = 0");
    entered.resolve();
    await tx.query("SELECT pg_sleep(60)");
  }, { signal: controller.signal });
  await entered.promise;
  controller.abort();
  assertEquals(await codeOf(left), "cancelled");
  assertEquals(await balances(pool), [100, 100]);
  const [primary] = await pool.status();
  assertEquals(primary?.pool.open, primary?.pool.idle);
});

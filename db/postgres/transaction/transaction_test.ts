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

/** Holds an advisory lock until the returned function is called. */
async function holdLock(pool: ConnectionPool): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const holding = pool.withTx(async (tx) => {
    await tx.query("SELECT pg_advisory_xact_lock(1)");
    held.resolve();
    await released.promise;
  });
  await held.promise;
  return async () => {
    released.resolve();
    await holding;
  };
}

/** Waits until a session of the database runs a statement. */
async function untilActive(pool: ConnectionPool, text: string): Promise<void> {
  const active = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = $1";
  while ((await pool.writer().query(active, [text])).rowCount === 0);
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

Deno.test("withTx() retries repeatable transactions whose last statement or COMMIT conflicts", async () => {
  await using pool = await openAccounts();
  let runs = 0;
  const { promise: bothRead, resolve } = Promise.withResolvers<void>();
  const transfer = async (tx: Transaction): Promise<void> => {
    const { rows } = await tx.query<{ sum: bigint }>("SELECT sum(balance) AS sum FROM accounts");
    const id = ++runs;
    if (runs === 2) resolve();
    await bothRead;
    // Different rows, so that the server finds the conflict at one of the commits.
    const set = "UPDATE accounts SET balance = $1 WHERE id = $2";
    await tx.query(set, [Number(rows[0]?.sum ?? 0n), 1 + id % 2], { last: true });
  };
  const options = { isolation: "serializable", repeatable: true } as const;
  await Promise.all([pool.withTx(transfer, options), pool.withTx(transfer, options)]);
  assert(runs > 2, `${runs} runs`);
  const [first = 0, second = 0] = await balances(pool);
  // The second to commit has seen the first: 200, and then 300, or both on the same account.
  assert([first, second].includes(300), `${first}, ${second}`);
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

Deno.test("withTx() waits for the outcome when it is aborted after its last statement", async () => {
  await using pool = await openAccounts();
  await pool.writer().query("CREATE TABLE slow (id int)");
  await pool.writer().query(`CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$`);
  await pool.writer().query(`CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON slow
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`);
  /** Aborts a transaction while the server runs a statement, which is the last or COMMIT behind it. */
  const abortDuring = async (
    active: string,
    text: string,
    { release }: { readonly release?: () => Promise<void> } = {},
  ): Promise<unknown> => {
    const controller = new AbortController();
    const sent = Promise.withResolvers<void>();
    const responded = Promise.withResolvers<void>();
    const running = pool.withTx(async (tx) => {
      await tx.query("UPDATE accounts SET balance = balance + 1 WHERE id = 1");
      const last = tx.query(text, [], { last: true });
      sent.resolve();
      const { rowCount } = await last;
      responded.resolve();
      return rowCount;
    }, { signal: controller.signal });
    running.catch(() => undefined);
    await sent.promise;
    await untilActive(pool, active);
    if (active === "COMMIT") await responded.promise;
    controller.abort();
    await release?.();
    return await running.catch((error: unknown) => error instanceof DatabaseError ? error.code : error);
  };
  // The server stops the statement, and rolls back at COMMIT.
  const sleep = "SELECT pg_sleep(60)";
  assertEquals(await abortDuring(sleep, sleep), "cancelled");
  assertEquals(await balances(pool), [100, 100]);
  // COMMIT itself is not cancelled, and its response decides.
  const insert = "INSERT INTO slow VALUES (1)";
  assertEquals(await abortDuring("COMMIT", insert, { release: await holdLock(pool) }), 1);
  assertEquals(await balances(pool), [101, 100]);
  // It takes longer than the grace period: the connection is closed, and the outcome unknown.
  const release = await holdLock(pool);
  assertEquals(await abortDuring("COMMIT", insert), "outcome-unknown");
  await release();
});

Deno.test("withTx() rejects when its function does not return after its last statement", async () => {
  await using pool = await openAccounts();
  // On a busy machine, the deadline may pass before the statement has ended.
  let isCommitted = false;
  for (let timeoutMs = 300; !isCommitted; timeoutMs *= 2) {
    const stuck = pool.withTimeoutTx(timeoutMs, async (tx) => {
      await tx.query("UPDATE accounts SET balance = 1 WHERE id = 1", [], { last: true });
      isCommitted = true;
      await new Promise(() => {});
    });
    const code = await codeOf(stuck);
    if (isCommitted) assertEquals(code, "outcome-unknown");
  }
  assertEquals(await balances(pool), [1, 100]);
});

Deno.test("Transaction.query() cancels the last statement by its own signal, and rolls back", async () => {
  await using pool = await openAccounts();
  const controller = new AbortController();
  const { signal } = controller;
  const running = pool.withTx(async (tx) => {
    await tx.query("UPDATE accounts SET balance = 1 WHERE id = 1");
    const last = tx.query("SELECT pg_sleep(60)", [], { signal, last: true });
    last.catch(() => undefined);
    await untilActive(pool, "SELECT pg_sleep(60)");
    controller.abort();
    await last;
  });
  assertEquals(await codeOf(running), "cancelled");
  assertEquals(await balances(pool), [100, 100]);
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

Deno.test("Transaction.savepoint() sends nothing to the next transaction of its connection", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 1 };
  await using pool = openPool({ primary, replicas: [] });
  await makeAccounts(pool);
  for (const error of [undefined, new DatabaseError("conflict", "Given up")]) {
    const ended = Promise.withResolvers<void>();
    let forgotten: Promise<string> | undefined;
    await pool.withTx(async (tx) => {
      const begun = Promise.withResolvers<void>();
      const inside = tx.savepoint(async (inner) => {
        await inner.query("SELECT 1");
        begun.resolve();
        await ended.promise;
        if (error !== undefined) throw error;
      });
      forgotten = inside.then(() => "done", ({ code }) => code);
      await begun.promise;
    });
    await pool.withTx(async (tx) => {
      await tx.savepoint(async (inner) => {
        await inner.query("UPDATE accounts SET balance = balance + 1");
        ended.resolve();
        assertEquals(await forgotten, error?.code ?? "internal");
      });
    });
  }
  assertEquals(await balances(pool), [102, 102]);
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

import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import type { Querier } from "../db.ts";
import type { DatabaseErrorCode } from "../errors.ts";
import { assertCode, type Contract, countOf } from "./contract.ts";

/** Transactions, their ends and their errors. */
export const TRANSACTION_CONTRACT: Contract = {
  "withTx() commits and returns the value of its function": async (pool) => {
    await pool.writer().query("CREATE TABLE kept (id int)");
    const value = await pool.withTx(async (tx) => {
      await tx.query("INSERT INTO kept VALUES (1)");
      return [Promise.resolve("as it is"), 2] as const;
    });
    assertEquals([await value[0], value[1]], ["as it is", 2]);
    assertEquals(await countOf(pool.writer(), "kept"), 1n);
  },

  "withTx() rolls back and rethrows the error of its function": async (pool) => {
    await pool.writer().query("CREATE TABLE undone (id int)");
    const thrown = { not: "an Error" };
    const caught = await pool.withTx(async (tx) => {
      await tx.query("INSERT INTO undone VALUES (1)");
      throw thrown;
    }).catch((error: unknown) => error);
    assertStrictEquals(caught, thrown);
    assertEquals(await countOf(pool.writer(), "undone"), 0n);
  },

  "withTx() rejects when the error of a statement was swallowed": async (pool) => {
    await pool.writer().query("CREATE TABLE swallowed (id int)");
    await assertCode(() =>
      pool.withTx(async (tx) => {
        await tx.query("INSERT INTO swallowed VALUES (1)");
        await tx.query("SELECT nonsense").catch(() => undefined);
        return "looks like success";
      }), "internal");
    assertEquals(await countOf(pool.writer(), "swallowed"), 0n);
  },

  "withTx() rejects when COMMIT fails": async (pool) => {
    await pool.writer().query(
      "CREATE TABLE late (id int, CONSTRAINT late_key UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    const error = await assertCode(() =>
      pool.withTx(async (tx) => {
        await tx.query("INSERT INTO late VALUES (1), (1)");
      }), "unique-violation");
    await assertCode(
      () => pool.withTx((tx) => tx.query("INSERT INTO late VALUES (2), (2)", [], { last: true })),
      "unique-violation",
    );
    assertEquals(error.constraint, "late_key");
    assertEquals([error.logFields.table, error.logFields.statement], ["late", "COMMIT"]);
    assertMatch(error.stack ?? "", /transaction_contract\.ts:\d+/);
    assertEquals(await countOf(pool.writer(), "late"), 0n);
  },

  "withTx() commits with its last statement": async (pool) => {
    await pool.writer().query("CREATE TABLE final (id int PRIMARY KEY)", [], { last: true });
    const { rows } = await pool.withTx(async (tx) => {
      await tx.query("INSERT INTO final VALUES (1)");
      return await tx.query("INSERT INTO final VALUES ($1) RETURNING id", [2], { last: true });
    });
    assertEquals(rows, [{ id: 2 }]);
    await pool.withTx((tx) => tx.query("INSERT INTO final VALUES (3)", [], { last: true }));
    await pool.withTx((tx) =>
      Promise.all([
        tx.query("INSERT INTO final VALUES (4)"),
        tx.query("INSERT INTO final VALUES (5)"),
        tx.query("INSERT INTO final VALUES (6)", [], { last: true }),
      ])
    );
    assertEquals(await countOf(pool.writer(), "final"), 6n);
    // A statement behind it is refused, but nothing is undone by that.
    const error = await assertCode(() =>
      pool.withTx(async (tx) => {
        const last = tx.query("INSERT INTO final VALUES (7)", [], { last: true });
        await tx.query("INSERT INTO final VALUES (8)").finally(() => last);
      }), "internal");
    assertMatch(error.message, /after its end/);
    assertEquals(await countOf(pool.writer(), "final"), 7n);
    await pool.withTx(async (tx) => {
      await tx.savepoint((inner) => inner.query("INSERT INTO final VALUES (9)", [], { last: true }));
      throw new Error("Changed its mind");
    }).catch(() => undefined);
    assertEquals(await countOf(pool.writer(), "final"), 7n);
  },

  "withTx() rolls back when a statement fails that COMMIT was sent with": async (pool) => {
    await pool.writer().query("CREATE TABLE refused (id int PRIMARY KEY)");
    await pool.writer().query("INSERT INTO refused VALUES (1)");
    const insert = (tx: Querier, id: number, last = false): Promise<unknown> =>
      tx.query("INSERT INTO refused VALUES ($1)", [id], { last });
    const works: readonly (readonly [(tx: Querier) => Promise<unknown>, DatabaseErrorCode])[] = [
      [(tx) => insert(tx, 1, true), "unique-violation"],
      [async (tx) => (await insert(tx, 2), await insert(tx, 1, true)), "unique-violation"],
      [async (tx) => {
        await insert(tx, 2);
        await insert(tx, 1, true).catch(() => undefined);
        return "looks like success";
      }, "unique-violation"],
      // The failed one is not the last, and nothing waits for it.
      [(tx) => {
        insert(tx, 1).catch(() => undefined);
        insert(tx, 2).catch(() => undefined);
        return insert(tx, 3, true).catch(() => "looks like success");
      }, "unique-violation"],
      // The last one cannot be sent.
      [async (tx) => {
        await insert(tx, 2);
        await tx.query("SELECT $1::text", ["\ud800"], { last: true });
      }, "invalid-value"],
    ];
    for (const [run, code] of works) await assertCode(() => pool.withTx(run), code);
    assertEquals(await countOf(pool.writer(), "refused"), 1n);
  },

  "withTx() runs nothing outside of a transaction when BEGIN fails": async (pool) => {
    await pool.writer().query("CREATE TABLE outside (id int)");
    const insert = (tx: Querier, last: boolean): Promise<unknown> =>
      tx.query("INSERT INTO outside VALUES (1)", [], { last });
    const works: readonly ((tx: Querier) => Promise<unknown>)[] = [
      (tx) => insert(tx, false),
      (tx) => insert(tx, true),
      (tx) => Promise.all([insert(tx, false), insert(tx, false), insert(tx, true)]),
      (tx) => Promise.allSettled([insert(tx, false), insert(tx, false), insert(tx, false)]),
    ];
    for (const run of works) {
      // More than the maximum of the setting.
      const error = await assertCode(() => pool.withTx(run, { lockTimeoutMs: 2 ** 40 }), "invalid-value");
      assertEquals(error.logFields.statement, "BEGIN");
      await assertCode(
        () => pool.withTx((tx) => tx.savepoint(run), { lockTimeoutMs: 2 ** 40 }),
        "invalid-value",
      );
    }
    assertEquals(await countOf(pool.writer(), "outside"), 0n);
  },

  "withTx() begins with the first statement that can be sent": async (pool) => {
    await pool.writer().query("CREATE TABLE begun (id int)");
    for (const unsendable of ["\ud800", "a\0b"]) {
      await assertCode(() =>
        pool.withTx(async (tx) => {
          const first = tx.query("SELECT $1::text", [unsendable]).catch(() => undefined);
          const second = tx.query("INSERT INTO begun VALUES (1)").catch(() => undefined);
          await Promise.all([first, second]);
        }), "invalid-value");
    }
    assertEquals(await pool.withTx(() => Promise.resolve("nothing to do")), "nothing to do");
    assertEquals(await countOf(pool.writer(), "begun"), 0n);
  },

  "withTx() passes a querier that is unusable after its end": async (pool) => {
    const tx = await pool.withTx((tx) => Promise.resolve(tx));
    const error = await assertCode(() => tx.query("SELECT 1"), "internal");
    assertMatch(error.message, /after its end/);
  },

  "withTx() runs statements in order even if they are not awaited": async (pool) => {
    const values = await pool.withTx((tx) =>
      Promise.all([1, 2, 3].map(async (value) => {
        const { rows } = await tx.query<{ value: number }>("SELECT $1::int AS value", [value]);
        return rows[0]?.value;
      }))
    );
    assertEquals(values, [1, 2, 3]);
  },

  "withTx() rolls back when its signal aborts": async (pool) => {
    await pool.writer().query("CREATE TABLE aborted (id int)");
    const controller = new AbortController();
    await assertCode(() =>
      pool.withTx(async (tx) => {
        await tx.query("INSERT INTO aborted VALUES (1)");
        controller.abort();
        await new Promise(() => {});
      }, { signal: controller.signal }), "cancelled");
    const refused = pool.withTx(() => Promise.resolve(), { signal: controller.signal });
    await assertCode(() => refused, "cancelled");
    assertEquals(await countOf(pool.writer(), "aborted"), 0n);
  },

  "withTimeoutTx() rolls back at its deadline": async (pool) => {
    await pool.writer().query("CREATE TABLE overdue (id int)");
    const overdue = async (): Promise<void> =>
      await pool.withTimeoutTx(50, async (tx) => {
        await tx.query("INSERT INTO overdue VALUES (1)");
        await new Promise(() => {});
      });
    const error = await assertCode(overdue, "timeout");
    assertMatch(error.stack ?? "", /at async overdue \(file:\/\/.*\/transaction_contract\.ts:\d+:\d+\)/);
    assertEquals(await countOf(pool.writer(), "overdue"), 0n);
    assertEquals(await pool.withTimeoutTx(60_000, () => Promise.resolve("in time")), "in time");
  },

  "withTx() isolates concurrent transactions": async (pool) => {
    await pool.writer().query("CREATE TABLE apart (id int PRIMARY KEY)");
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, id) =>
      pool.withTx(async (tx) => {
        await tx.query("INSERT INTO apart VALUES ($1)", [id]);
        if (id % 2 === 0) await tx.query("SELECT 1 / 0");
      })));
    assertEquals(results.filter(({ status }) => status === "fulfilled").length, 10);
    assertEquals(await countOf(pool.writer(), "apart"), 10n);
  },
};

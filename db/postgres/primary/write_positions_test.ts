import { assert, assertEquals, assertRejects } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { ConnectionPool, Transaction, WalPosition } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openConnection } from "../connection/open_connection.ts";
import { openPool } from "../open_pool.ts";
import { DRIVERS } from "../pool_config.ts";
import { positionStatement } from "./position_source.ts";
import { WritePositions } from "./write_positions.ts";

const WRITE = { text: "insert", isWrite: true };
const READ = { text: "select", isWrite: false };

Deno.test("WritePositions.find() returns the position of the last write with a signal", () => {
  const positions = used();
  const [signal, other] = [newSignal(), newSignal()];
  assertEquals(positions.find(signal), undefined);
  write(positions, signal, 5);
  assertEquals(positions.find(signal), at(5));
  assertEquals(positions.find(other), undefined);
  // Shared with later ones, and kept while others read.
  write(positions, other, 9);
  positions.behind({ ...READ, signal: newSignal() });
  assertEquals([positions.find(signal), positions.find(other)], [at(9), at(9)]);
  // Its last statement was a read, which may have seen more.
  positions.behind({ ...READ, signal });
  assertEquals([positions.find(signal), positions.find(other)], [undefined, at(9)]);
});

Deno.test("WritePositions.find() returns nothing that may not cover a write of the caller", () => {
  const cases: Readonly<Record<string, (positions: WritePositions) => void>> = {
    "a statement without a signal": (positions) => positions.ended({ ...READ, signal: undefined }),
    "a write without a position": (positions) => positions.ended({ ...WRITE, signal: newSignal() }),
    "a position that was not read": (positions) =>
      positions.behind({ ...WRITE, signal: newSignal() })?.onError(),
  };
  for (const [name, happen] of Object.entries(cases)) {
    const positions = used();
    const signal = newSignal();
    write(positions, signal, 5);
    happen(positions);
    assertEquals(positions.find(signal), undefined, name);
    write(positions, signal, 6);
    assertEquals(positions.find(signal), at(6), name);
  }
  const positions = used();
  const signal = newSignal();
  write(positions, signal, 5);
  positions.ended({ text: positionStatement, isWrite: true, signal: newSignal() });
  positions.ended({ ...READ, signal: newSignal() });
  assertEquals(positions.find(signal), at(5));
});

Deno.test("WritePositions.find() returns the position of the caller's timeline", () => {
  const positions = used();
  const [before, after] = [newSignal(), newSignal()];
  write(positions, before, 9);
  write(positions, after, 5, 2);
  assertEquals([positions.find(before), positions.find(after)], [at(9), { timeline: 2, lsn: 5n }]);
});

Deno.test("WritePositions.behind() sends nothing before a position was asked for", () => {
  const positions = new WritePositions();
  assertEquals(positions.behind({ ...WRITE, signal: newSignal() }), undefined);
  positions.find(undefined);
  assert(positions.behind({ ...WRITE, signal: newSignal() }) !== undefined);
  assertEquals(positions.behind({ text: positionStatement, isWrite: true, signal: newSignal() }), undefined);
});

for (const driver of DRIVERS) {
  Deno.test(`position() needs no statement after a write, with ${driver}`, async () => {
    await using database = await useTestDatabase();
    const primary = { ...database.instance, driver };
    const pool = openPool({ primary, replicas: [], readsPosition: true });
    const { signal } = new AbortController();
    const insert = (id: number): Promise<unknown> =>
      pool.writer().query("INSERT INTO notes VALUES ($1)", [id], { signal });
    const known: Promise<WalPosition>[] = [];
    try {
      await pool.writer().query("CREATE TABLE notes (id int PRIMARY KEY)");
      // The first ones are read by statements of their own.
      await insert(1);
      const first = await pool.position({ signal });
      await insert(2);
      known.push(pool.position({ signal }));
      await pool.withTx((tx) => tx.query("INSERT INTO notes VALUES (3)"), { signal });
      known.push(pool.position({ signal }));
      const again = await assertRejects(() => insert(3), DatabaseError);
      assertEquals(again.code, "unique-violation");
      known.push(pool.position({ signal }), current(pool));
      assert((await Promise.all(known)).every(({ timeline }) => timeline === first.timeline));
      const lsns = [first, ...await Promise.all(known)].map(({ lsn }) => lsn);
      assertEquals(lsns, lsns.toSorted((one, other) => Number(one - other)));
      await insert(4);
    } finally {
      await pool[Symbol.asyncDispose]();
    }
    // Nothing can be sent any more.
    assert((await pool.position({ signal })).lsn > 0n);
    await assertRejects(() => pool.position(), DatabaseError);
  });

  Deno.test(`position() covers what a transaction has seen that did not write, with ${driver}`, async () => {
    await using database = await useTestDatabase();
    const primary = { ...database.instance, driver };
    await using pool = openPool({ primary, replicas: [], readsPosition: true });
    await using other = openPool({ primary, replicas: [], readsPosition: true });
    await pool.writer().query("CREATE TABLE notes (id int)");
    await pool.position();
    const { signal } = new AbortController();
    const read = async (tx: Transaction): Promise<void> => {
      await tx.query("SELECT FROM notes");
    };
    const given = new DatabaseError("conflict", "Given up");
    const transactions = [
      () => pool.withTx(read, { signal, readOnly: true }),
      () => pool.withTx((tx) => read(tx).then(() => Promise.reject(given)), { signal }).catch(() => {}),
    ];
    for (const transact of transactions) {
      await pool.writer().query("INSERT INTO notes VALUES (1)", [], { signal });
      await other.writer().query("INSERT INTO notes VALUES (2)");
      const seen = await other.position();
      await transact();
      const { lsn } = await pool.position({ signal });
      assert(lsn >= seen.lsn, `${lsn} is before ${seen.lsn}`);
    }
  });

  Deno.test(`query() acknowledges a write whose position cannot be read, with ${driver}`, async () => {
    await using database = await useTestDatabase();
    const primary = { ...database.instance, driver };
    await using pool = openPool({ primary, replicas: [], readsPosition: true });
    await pool.position();
    await pool.writer().query("CREATE TABLE notes (id int PRIMARY KEY)");
    await pool.writer().query("REVOKE EXECUTE ON FUNCTION pg_walfile_name FROM public");
    // Roles belong to the server, which other tests share.
    const user = `writer_${Math.random().toString(36).slice(2)}`;
    await pool.writer().query(`CREATE ROLE ${user} LOGIN`);
    await pool.writer().query(`GRANT ALL ON notes TO ${user}`);
    const role = { ...primary, user, password: "" };
    await using plain = openPool({ primary: role, replicas: [], readsPosition: true });
    const { signal } = new AbortController();
    await assertRejects(() => plain.position(), DatabaseError);
    for (let id = 1; id < 5; id++) {
      await plain.writer().query("INSERT INTO notes VALUES ($1)", [id], { signal });
      await plain.withTx((tx) => tx.query("INSERT INTO notes VALUES ($1)", [-id]), { signal });
    }
    const error = await assertRejects(() => plain.position({ signal }), DatabaseError);
    assertEquals(error.sqlState, "42501");
    assertEquals((await pool.writer().query("SELECT id FROM notes")).rowCount, 8);
    await pool.writer().query(`DROP OWNED BY ${user}`);
    await pool.writer().query(`DROP ROLE ${user}`);
  });

  Deno.test(`Connection.query() does not wait for an overdue response behind it, with ${driver}`, async () => {
    await using database = await useTestDatabase();
    const instance = { ...database.instance, driver };
    const connection = await openConnection(instance, {
      config: { replicaProbeTimeoutMs: 50 },
      readOnly: false,
    });
    const ends: string[] = [];
    const behind = {
      text: "SELECT pg_sleep(600)",
      onResult: (): void => void ends.push("result"),
      onError: (): void => void ends.push("error"),
    };
    const { rowCount } = await connection.query("SELECT 1", [], { behind });
    assertEquals([rowCount, ends, connection.running], [1, ["error"], 1]);
    await connection.close();
    assertEquals(ends, ["error"]);
  });
}

function used(): WritePositions {
  const positions = new WritePositions();
  positions.find(undefined);
  return positions;
}

function write(positions: WritePositions, signal: AbortSignal, lsn: number, timeline = 1): void {
  const rows = [{ lsn: BigInt(lsn), timeline: `0000000${timeline}`, pageSize: 8192 }];
  positions.behind({ ...WRITE, signal })?.onResult(rows);
}

function at(lsn: number): WalPosition {
  return { timeline: 1, lsn: BigInt(lsn) };
}

function newSignal(): AbortSignal {
  return new AbortController().signal;
}

function current(pool: ConnectionPool): Promise<WalPosition> {
  return pool.position();
}

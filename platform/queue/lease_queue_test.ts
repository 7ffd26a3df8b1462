import { assertEquals } from "@std/assert";
import { v7 as newId } from "uuid";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { LeaseQueue, type LeaseTable } from "./lease_queue.ts";
import { rescheduleSkewed } from "./reschedule_skewed.ts";

const TABLE: LeaseTable = { name: "things", key: [["owner", "text"], ["number", "text"]] };

const CREATE = `create table things (owner text, number text, note text, primary key (owner, number),
  due_at timestamptz not null, scheduled_at timestamptz not null, lease uuid)`;

const HELD = `held as materialized (
    select owner, number from things where due_at <= $1 order by number limit $4 for update skip locked
  )`;

const START = Date.parse("2026-11-29T12:00:00Z");

for (const [name, open] of Object.entries(databasesWith([]))) {
  Deno.test(`LeaseQueue leases a row to one worker until the lease expires (${name})`, async () => {
    await using database = await open();
    const { pool } = database;
    const db = pool.writer();
    await db.query(CREATE);
    const start = new Date(START).toISOString();
    await db.query(
      `insert into things (owner, number, due_at, scheduled_at)
        select 'a', n::text, $1::timestamptz, $1 from generate_series(1, 3) as n`,
      [start],
    );
    let now = START;
    const leases = new LeaseQueue(TABLE, { database: pool, nowMs: () => now, newId, leaseMs: 1_000 });
    const claim = leases.claiming<{ owner: string; number: string }>({
      held: HELD,
      set: "note = 'claimed'",
      returning: "t.owner, t.number",
    });
    const leaseOf = (
      token: string,
      number: string,
    ): { readonly key: readonly string[]; readonly token: string } => ({ key: ["a", number], token });

    const first = await claim(db, [2]);
    const second = await claim(db, [10]);
    assertEquals(first.rows.map(({ number }) => number).toSorted(), ["1", "2"]);
    assertEquals(second.rows.map(({ number }) => number), ["3"]);
    assertEquals((await claim(db, [10])).rows, []);

    // The first worker renews one of its leases before the other one expires.
    now += 600;
    assertEquals(await leases.renewing()(db, [leaseOf(first.token, "1")]), new Set([0]));
    now += 600;
    const third = await claim(db, [10]);
    assertEquals(third.rows.map(({ number }) => number).toSorted(), ["2", "3"]);

    // Changes require the lease.
    const both = [leaseOf(first.token, "1"), leaseOf(first.token, "2")];
    assertEquals(await leases.renewing()(db, both), new Set([0]));
    assertEquals(await leases.withLease(leaseOf(first.token, "2"), () => Promise.resolve(1)), undefined);
    assertEquals(await leases.withLease(leaseOf(third.token, "2"), () => Promise.resolve(1)), 1);
    assertEquals(await leases.removing()(db, both), new Set([0]));
    assertEquals(
      await leases.removing({ where: "t.note is null" })(db, [leaseOf(third.token, "2")]),
      new Set(),
    );
    const release = leases.releasing({ columns: [["note", "text"]], set: "note = h.note" });
    const changes = [first, third].map(({ token }, index) => ({
      ...leaseOf(token, "2"),
      delayMs: 500,
      values: [`note ${index}`],
    }));
    assertEquals(await release(db, changes), new Set([1]));
    const { rows: [released] } = await db.query<{ due_at: string; note: string; lease: string | null }>(
      "select note, due_at, lease from things where number = '2'",
    );
    assertEquals(
      [released?.note, Date.parse(released?.due_at ?? ""), released?.lease],
      ["note 1", now + 500, null],
    );

    // The clock is set back by an hour.
    now -= 3_600_000;
    assertEquals(await rescheduleSkewed(db, TABLE, { nowMs: now, limit: 10, where: "lease is null" }), 1);
    assertEquals((await claim(db, [10])).rows.map(({ number }) => number), ["2"]);
  });
}

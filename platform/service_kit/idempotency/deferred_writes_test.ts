import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { ConnectionPool, Querier } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type { KeyedRequest, StoredResponse, Work } from "@archway/server/idempotency.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { PostgresIdempotency } from "./postgres_idempotency.ts";
import { completeWithKey, transactionOf } from "./transaction_unit.ts";

/** Domain error that a violated constraint becomes. */
class TakenError extends Error {}

const CREATED: StoredResponse = { status: 201, headers: [], body: undefined };
const REFUSED: StoredResponse = { status: 409, headers: [], body: undefined };

function request(key: string): KeyedRequest {
  const { signal } = new AbortController();
  return { principal: "ada", operation: "POST /names", key, fingerprint: new Uint8Array(32), signal };
}

async function take(tx: Querier, name: string): Promise<void> {
  try {
    await tx.query("insert into names values ($1)", [name]);
  } catch (error) {
    throw error instanceof DatabaseError && error.constraint === "names_pkey" ? new TakenError() : error;
  }
}

/** Returns work that takes a name without waiting for it, and records its runs. */
function taking(name: string, runs: string[]): Work {
  return async (unit) => {
    runs.push(name);
    try {
      await completeWithKey({ unit }, take(transactionOf({ unit }), name));
      return { response: CREATED, refused: false };
    } catch (error) {
      if (error instanceof TakenError) return { response: REFUSED, refused: true };
      throw error;
    }
  };
}

async function countKeys(pool: ConnectionPool): Promise<number> {
  return (await pool.writer().query("select from idempotency_keys")).rowCount;
}

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`completeWithKey() commits writes, key and response together (${name})`, async () => {
    await using database = await open();
    const { pool } = database;
    await pool.writer().query("create table names (name text primary key check (name <> ''))");
    const idempotency = new PostgresIdempotency({ pool, ttlMs: 3_600_000, now: microsecondClock() });
    const runs: string[] = [];
    const made = await idempotency.run(request("1"), taking("ada", runs));
    assertEquals([made.response, made.replayed, runs], [CREATED, false, ["ada"]]);
    const again = await idempotency.run(request("1"), taking("ada", runs));
    assertEquals([again.response.status, again.replayed, runs], [201, true, ["ada"]]);
    // The write fails after the response was made: the work runs again, and refuses.
    const refused = await idempotency.run(request("2"), taking("ada", runs));
    assertEquals([refused.response, refused.replayed, runs], [REFUSED, false, ["ada", "ada", "ada"]]);
    assertEquals((await idempotency.run(request("2"), taking("ada", runs))).response.status, 409);
    // An error that the work does not know.
    const failed = idempotency.run(request("3"), taking("", runs));
    assertEquals((await assertRejects(() => failed, DatabaseError)).code, "check-violation");
    // The work throws although its writes succeed.
    const thrown = idempotency.run(request("4"), async (unit) => {
      await completeWithKey({ unit }, take(transactionOf({ unit }), "bob"));
      throw new TakenError();
    });
    await assertRejects(() => thrown, TakenError);
    // The program refuses a write when it is too late, which is no success.
    const late = idempotency.run(request("5"), async (unit) => {
      const checked = take(transactionOf({ unit }), "cy").then(() => Promise.reject(new TakenError()));
      await completeWithKey({ unit }, checked);
      return { response: CREATED, refused: false };
    });
    await assertRejects(() => late, Error, "Writes were committed with their key");
    assertEquals((await pool.writer().query("select from names")).rowCount, 2);
    assertEquals(await countKeys(pool), 3);
  });
}

Deno.test("completeWithKey() requires an operation with a key", () => {
  assertThrows(() => completeWithKey({ unit: undefined }, Promise.resolve()), Error, "Idempotency-Key");
});

import type { ConnectionPool, QueryResult } from "@archway/db/db.ts";
import { rewritingPool, type Statement, writingPool } from "./altered_pool.ts";

/** Time between an acknowledgement and its commit, in milliseconds. */
const LATE_MS = 30;
/** One of so many writes is lost. */
const LOST_ONE_IN = 8;

/** Condition of a page that begins after an item. */
const AFTER = / < \((\$\d+)::timestamptz/g;

/** Defects of the storage of versioned resources, by name. */
export const STORAGE_FAULTS: Readonly<Record<string, (pool: ConnectionPool) => ConnectionPool>> = {
  "lost update: writes ignore the version": (pool) =>
    rewritingPool(pool, (text) => text.replaceAll(/version = any \(\$\d+\)/g, "true")),
  "acknowledged before the commit": (pool) => writingPool(pool, (statement) => writeLate(pool, statement)),
  "acknowledged, but rolled back": (pool) => writingPool(pool, losing(pool)),
  "cursor skips: items of nearly the same time are left out": (pool) =>
    rewritingPool(pool, (text) => text.replaceAll(AFTER, " < ($1::timestamptz - interval '1 second'")),
  "filter drops items: the value itself does not match": (pool) =>
    rewritingPool(pool, (text) => text.replaceAll(/ >= \(select casefold/g, " > (select casefold")),
  "filter lets others through: values after it match, too": (pool) =>
    rewritingPool(pool, (text) => text.replaceAll("<= (select (casefold", "<= (select ('z' || casefold")),
  "cursor repeats: the last item of a page is on the next one, too": (pool) =>
    rewritingPool(pool, (text) => text.replaceAll(AFTER, " <= ($1::timestamptz")),
};

/** Returns the result of a write before it is committed. */
async function writeLate<Row extends object>(
  pool: ConnectionPool,
  { text, parameters, options }: Statement,
): Promise<QueryResult<Row>> {
  const written = Promise.withResolvers<QueryResult<Row>>();
  const committed = pool.withTx(async (tx) => {
    written.resolve(await tx.query<Row>(text, parameters, options));
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  });
  committed.catch(written.reject);
  return await written.promise;
}

/** Rolls some of its writes back. */
class Lost extends Error {
  override readonly name = "Lost";
}

/** Returns a function that writes, and sometimes rolls back what it returns. */
function losing(pool: ConnectionPool): Parameters<typeof writingPool>[1] {
  let writes = 0;
  return async <Row extends object>({ text, parameters, options }: Statement): Promise<QueryResult<Row>> => {
    if (++writes % LOST_ONE_IN > 0) return await pool.writer().query<Row>(text, parameters, options);
    const written = Promise.withResolvers<QueryResult<Row>>();
    await pool.withTx(async (tx) => {
      written.resolve(await tx.query<Row>(text, parameters, options));
      throw new Lost("The write is rolled back");
    }).catch((error) => {
      if (!(error instanceof Lost)) written.reject(error);
    });
    return await written.promise;
  };
}

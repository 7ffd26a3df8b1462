import type { Querier } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { PROJECTED_TABLES } from "../projection/projection_sql.ts";
import { RebuildError } from "./rebuild_error.ts";

/** What the names of the tables begin with that are compared with the live ones. */
export const FRESH = "archway_rebuild_";

/** The keys of the tables that are made, and of the live ones. */
export const KEYS: Readonly<Record<(typeof PROJECTED_TABLES)[number], readonly string[]>> = {
  accounts: ["id"],
  payments: ["id"],
  refunds: ["payment_id", "id"],
  entries: ["transfer_id", "account_id"],
};

/** Holds the id of the rebuild that the tables belong to. */
const RUN = `${FRESH}run`;

// The run's table first: whoever drops the tables waits there for whoever holds it, before it has any of the others.
const DROP = `drop table if exists ${[RUN, ...PROJECTED_TABLES.map((table) => FRESH + table)].join(", ")}`;

// Of two that would make or drop the tables at the same time the second waits here.
const TAKE_TURNS = `select pg_advisory_xact_lock(hashtextextended('${RUN}', 0))`;

/** SQLSTATE of a table that is not there. */
const UNDEFINED_TABLE = "42P01";

/**
 * Makes empty tables that are like the live ones, beside them. What an earlier rebuild left there is dropped; one that
 * still runs ends at its next step.
 *
 * @param run The id of the rebuild.
 */
export async function makeFreshTables(tx: Querier, run: string): Promise<void> {
  await tx.query(TAKE_TURNS);
  await tx.query(DROP);
  await tx.query(`create unlogged table ${RUN} (id uuid not null)`);
  await tx.query(`insert into ${RUN} values ($1)`, [run]);
  for (const table of PROJECTED_TABLES) {
    // Of no use after a crash, so nothing of them is written to the log.
    await tx.query(`create unlogged table ${FRESH}${table} (like ${table} including defaults)`);
    await tx.query(`alter table ${FRESH}${table} add primary key (${KEYS[table].join(", ")})`);
  }
}

/**
 * Keeps the tables from being dropped before the transaction ends. It sees nothing yet by that.
 *
 * @throws {RebuildError} They are not there any more.
 */
export async function holdFreshTables(tx: Querier): Promise<void> {
  try {
    await tx.query(`lock table ${RUN} in access share mode`);
  } catch (error) {
    throw error instanceof DatabaseError && error.sqlState === UNDEFINED_TABLE ? takenOver(error) : error;
  }
}

/**
 * That the tables, which are held, are those of a rebuild.
 *
 * @throws {RebuildError} They are another's.
 */
export async function checkFreshTables(tx: Querier, run: string): Promise<void> {
  if (!await areOf(tx, run)) throw takenOver();
}

/**
 * Drops the tables, unless they are another rebuild's.
 *
 * @throws {RebuildError} They are not there any more.
 */
export async function dropFreshTables(tx: Querier, run: string): Promise<void> {
  await tx.query(TAKE_TURNS);
  await holdFreshTables(tx);
  if (await areOf(tx, run)) await tx.query(DROP);
}

async function areOf(tx: Querier, run: string): Promise<boolean> {
  return (await tx.query(`select from ${RUN} where id = $1`, [run])).rowCount === 1;
}

function takenOver(cause?: unknown): RebuildError {
  return new RebuildError(
    "Another rebuild has begun and taken over: this one ends, and has changed nothing",
    { cause },
  );
}

import type { Querier } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { PROJECTED_TABLES } from "../projection/projection_sql.ts";
import { RebuildError } from "./rebuild_error.ts";

/** Name prefix of the rebuilt tables. */
export const FRESH = "archway_rebuild_";

/** Primary keys of the rebuilt and live tables. */
export const KEYS: Readonly<Record<(typeof PROJECTED_TABLES)[number], readonly string[]>> = {
  accounts: ["id"],
  payments: ["id"],
  payment_requests: ["id"],
  refunds: ["payment_id", "id"],
  entries: ["transfer_id", "account_id"],
};

/** Table with the id of the rebuild that owns the rebuilt tables. */
const RUN = `${FRESH}run`;

// Drops the run table first: its lock makes this statement wait for the current owner before it locks other tables.
const DROP = `drop table if exists ${[RUN, ...PROJECTED_TABLES.map((table) => FRESH + table)].join(", ")}`;

// Serializes rebuilds that create or drop the tables.
const TAKE_TURNS = `select pg_advisory_xact_lock(hashtextextended('${RUN}', 0))`;

/** SQLSTATE of a missing table. */
const UNDEFINED_TABLE = "42P01";

/**
 * Creates empty copies of the live tables. Drops those of an earlier rebuild; if it is still running, it fails at its
 * next step.
 *
 * @param run Id of the rebuild.
 */
export async function createFreshTables(tx: Querier, run: string): Promise<void> {
  await tx.query(TAKE_TURNS);
  await tx.query(DROP);
  await tx.query(`create unlogged table ${RUN} (id uuid not null)`);
  await tx.query(`insert into ${RUN} values ($1)`, [run]);
  for (const table of PROJECTED_TABLES) {
    // Unlogged: the copies are useless after a crash.
    await tx.query(`create unlogged table ${FRESH}${table} (like ${table} including defaults)`);
    await tx.query(`alter table ${FRESH}${table} add primary key (${KEYS[table].join(", ")})`);
  }
}

/**
 * Protects the tables from being dropped before the end of the transaction. Takes no snapshot.
 *
 * @throws {RebuildError} if they were dropped.
 */
export async function lockFreshTables(tx: Querier): Promise<void> {
  try {
    await tx.query(`lock table ${RUN} in access share mode`);
  } catch (error) {
    throw error instanceof DatabaseError && error.sqlState === UNDEFINED_TABLE ? superseded(error) : error;
  }
}

/**
 * Checks that the locked tables belong to a rebuild.
 *
 * @throws {RebuildError} if they belong to another one.
 */
export async function checkFreshTables(tx: Querier, run: string): Promise<void> {
  if (!await areOf(tx, run)) throw superseded();
}

/**
 * Drops the tables, unless they belong to another rebuild.
 *
 * @throws {RebuildError} if they were dropped.
 */
export async function dropFreshTables(tx: Querier, run: string): Promise<void> {
  await tx.query(TAKE_TURNS);
  await lockFreshTables(tx);
  if (await areOf(tx, run)) await tx.query(DROP);
}

async function areOf(tx: Querier, run: string): Promise<boolean> {
  return (await tx.query(`select from ${RUN} where id = $1`, [run])).rowCount === 1;
}

function superseded(cause?: unknown): RebuildError {
  return new RebuildError(
    "Superseded by another rebuild; no changes were made",
    { cause },
  );
}

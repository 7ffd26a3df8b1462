import { assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool, Querier } from "../db.ts";
import { DatabaseError, type DatabaseErrorCode } from "../errors.ts";

/** Database under test. */
export interface ContractOptions {
  /** Whether the server can cancel a statement. */
  readonly cancels: boolean;
}

/** Cases that every pool has to pass, by their titles. */
export type Contract = Readonly<
  Record<string, (pool: ConnectionPool, options: ContractOptions) => Promise<void>>
>;

/** Asserts that a promise rejects with a code, and returns the error. */
export async function assertCode(
  run: () => Promise<unknown>,
  code: DatabaseErrorCode,
): Promise<DatabaseError> {
  const error = await assertRejects(run, DatabaseError);
  assertEquals(error.code, code);
  return error;
}

/** Returns the number of rows of a table. */
export async function countOf(querier: Querier, table: string): Promise<bigint | undefined> {
  const { rows } = await querier.query<{ count: bigint }>(`SELECT count(*) AS count FROM ${table}`);
  return rows[0]?.count;
}

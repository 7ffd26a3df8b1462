import type { QueryOptions, QueryParameter, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { columnName } from "./select_list.ts";

/** Values that properties with personal data have after the erasure, by property. */
export type Erasure = Readonly<Record<string, QueryParameter>>;

/** Options of {@link eraseDeleted}. */
export interface EraseDeletedOptions extends QueryOptions {
  /** Table with the columns `deleted_at` and `erased_at`. */
  readonly table: string;
  readonly erasure: Erasure;
  /** Rows that were deleted at this time or earlier are erased. */
  readonly before: Timestamp;
  readonly now: Timestamp;
}

/** Maximum number of rows per transaction, so that it is short and holds few locks. */
const BATCH = 1000;

const LOCK = "select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked";

/**
 * Erases the personal data of deleted rows, in batches. What refers to a row, as accounting does, keeps its id. One
 * instance does it at a time: while another one holds the lock, nothing is done.
 *
 * @returns the number of rows.
 */
export async function eraseDeleted(
  db: TxManager,
  { table, erasure, before, now, ...options }: EraseDeletedOptions,
): Promise<number> {
  const erase = `update ${table} set ${assignErasure(erasure, 3)}, erased_at = $2 where id in (
    select id from ${table} where deleted_at <= $1 and erased_at is null
    order by deleted_at limit ${BATCH} for update skip locked
  )`;
  for (let erased = 0;;) {
    const count = await db.withTx(async (tx) => {
      const { rows } = await tx.query<{ locked: boolean }>(LOCK, [`erase ${table}`]);
      return rows[0]?.locked ? (await tx.query(erase, [before, now, ...Object.values(erasure)])).rowCount : 0;
    }, options);
    erased += count;
    if (count < BATCH) return erased;
  }
}

/** Returns the assignments of an erasure, its values being the parameters from number `first` on. */
export function assignErasure(erasure: Erasure, first: number): string {
  return Object.keys(erasure).map((property, index) => `${columnName(property)} = $${first + index}`).join(
    ", ",
  );
}

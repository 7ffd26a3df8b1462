import type { Querier, QueryOptions, WalPosition } from "../db.ts";
import { DatabaseError } from "../errors.ts";

// The name of a WAL file begins with its timeline, in eight hexadecimal digits. Not every byte of the position is
// flushed yet, but whatever was committed lies before it.
const statement = `SELECT (lsn - '0/0')::int8 AS lsn, left(pg_walfile_name(lsn), 8) AS timeline
  FROM pg_current_wal_insert_lsn() AS lsn`;

/** Where the primary stands. Rejects with code "unavailable" on a server that follows another one. */
export async function readPosition(primary: Querier, options: QueryOptions = {}): Promise<WalPosition> {
  const { rows: [row] } = await primary.query<{ lsn: bigint; timeline: string }>(statement, [], options);
  if (row === undefined) throw new DatabaseError("internal", "The server did not tell its position");
  return { timeline: Number.parseInt(row.timeline, 16), lsn: row.lsn };
}

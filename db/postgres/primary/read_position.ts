import type { Querier, QueryOptions, WalPosition } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";

// The name of a WAL file begins with its timeline, in eight hexadecimal digits. Not every byte of the position is
// flushed yet, but whatever was committed lies before it.
const statement = `SELECT (lsn - '0/0')::int8 AS lsn, left(pg_walfile_name(lsn), 8) AS timeline,
  current_setting('wal_block_size')::int4 AS "pageSize"
  FROM pg_current_wal_insert_lsn() AS lsn`;

interface Row {
  readonly lsn: bigint;
  readonly timeline: string;
  readonly pageSize: number;
}

/** Where the primary stands. Rejects with code "unavailable" on a server that follows another one. */
export async function readPosition(primary: Querier, options: QueryOptions = {}): Promise<WalPosition> {
  const { rows: [row] } = await primary.query<Row>(statement, [], options);
  if (row === undefined) throw new DatabaseError("internal", "The server did not tell its position");
  return { timeline: Number.parseInt(row.timeline, 16), lsn: endOfLastRecord(row) };
}

/**
 * Where a page is full the server tells where the next record will begin, behind the header of a page that is not
 * there yet; a replica that has replayed everything stands before that header. No record ends inside of one: it is
 * 24 bytes long, or 40 on the first page of a file, and so small a piece of a record cannot follow the shorter one
 * (xlog_internal.h: XLogShortPageHeaderData, XLogLongPageHeaderData).
 */
export function endOfLastRecord({ lsn, pageSize }: Pick<Row, "lsn" | "pageSize">): bigint {
  const offset = lsn % BigInt(pageSize);
  return offset === 24n || offset === 40n ? lsn - offset : lsn;
}

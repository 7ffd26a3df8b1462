import { setImmediate } from "node:timers";
import type { Querier, QueryOptions, WalPosition } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";

/** Timeout of reading the position in milliseconds, which delays the response to a write. */
const timeoutMs = 1_000;

/**
 * Shares statements among concurrent calls. A call during a statement joins the next one, since the running one may have
 * read the position before the caller's commit.
 */
export class PositionSource {
  readonly #read: (options: QueryOptions) => Promise<WalPosition>;
  #running: Promise<WalPosition> | undefined;
  #next: Promise<WalPosition> | undefined;

  constructor(read: (options: QueryOptions) => Promise<WalPosition>) {
    this.#read = read;
  }

  /**
   * Returns a position read after the call, once the running statement has ended. The signal only ends the wait of this
   * caller.
   */
  position({ signal }: QueryOptions = {}): Promise<WalPosition> {
    const position = this.#share();
    return signal === undefined ? position : unlessAborted(position, signal);
  }

  #share(): Promise<WalPosition> {
    return this.#next ??= this.#begin();
  }

  async #begin(): Promise<WalPosition> {
    await this.#running?.catch(ignore);
    // Writes that complete in the same turn of the event loop join, too.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#next = undefined;
    this.#running = this.#read({ signal: AbortSignal.timeout(timeoutMs) });
    return await this.#running;
  }
}

function ignore(): void {}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void =>
      reject(new DatabaseError("cancelled", "Reading the position was cancelled", { cause: signal.reason }));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

// The name of a WAL file begins with its timeline, in eight hexadecimal digits. Not every byte before the position is
// flushed yet, but all commits precede it.
export const positionStatement =
  `SELECT (lsn - '0/0')::int8 AS lsn, left(pg_walfile_name(lsn), 8) AS timeline,
  current_setting('wal_block_size')::int4 AS "pageSize"
  FROM pg_current_wal_insert_lsn() AS lsn`;

/** Row of {@link positionStatement}. */
export interface PositionRow {
  readonly lsn: bigint;
  readonly timeline: string;
  readonly pageSize: number;
}

/** Reads the position of the primary. Rejects with code "unavailable" on a standby. */
export async function readPosition(primary: Querier, options: QueryOptions = {}): Promise<WalPosition> {
  const { rows: [row] } = await primary.query<PositionRow>(positionStatement, [], options);
  if (row === undefined) throw new DatabaseError("internal", "The server returned no WAL position");
  return positionOf(row);
}

/** Returns the position in a row of {@link positionStatement}. */
export function positionOf(row: PositionRow): WalPosition {
  return { timeline: Number.parseInt(row.timeline, 16), lsn: endOfLastRecord(row) };
}

/**
 * Returns the end of the last record. At the end of a full page, the server reports the start of the next record, after
 * the header of a page that does not exist yet, while a replica that has replayed everything is before that header. No
 * record ends inside a header of 24 bytes, or 40 on the first page of a file (xlog_internal.h: XLogShortPageHeaderData,
 * XLogLongPageHeaderData).
 */
function endOfLastRecord({ lsn, pageSize }: Pick<PositionRow, "lsn" | "pageSize">): bigint {
  const offset = lsn % BigInt(pageSize);
  return offset === 24n || offset === 40n ? lsn - offset : lsn;
}

import { setImmediate } from "node:timers";
import type { Querier, QueryOptions, WalPosition } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";

/** How long the primary may take to tell where it stands, in milliseconds: a write waits for it to be answered. */
const timeoutMs = 1_000;

/**
 * Lets calls at the same time share statements. One that comes while a statement runs joins the next one: the server
 * may have looked before what the caller committed.
 */
export class PositionSource {
  readonly #read: (options: QueryOptions) => Promise<WalPosition>;
  #running: Promise<WalPosition> | undefined;
  #next: Promise<WalPosition> | undefined;

  constructor(read: (options: QueryOptions) => Promise<WalPosition>) {
    this.#read = read;
  }

  /**
   * The answer to a statement that is sent after the call, once the one before it is answered. A signal ends the
   * caller's wait and nobody else's.
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
    // Writes that are answered in the same turn of the event loop join, too.
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

import type { ConnectionPool, Querier } from "@archway/db/db.ts";
import { BlockHash } from "./audit_row.ts";

const LAST_BLOCK =
  `select number, last_position as "lastPosition", hash from audit_blocks order by number desc limit 1`;
const LAST = "select coalesce(max(position), 0) as number from audit_log";
const MARK = "select pg_current_xact_id()::text::bigint as number";
const SETTLED = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as number";
const LOCK =
  "select pg_try_advisory_xact_lock(hashtextextended('close blocks of the audit log', 0)) as locked";
const ROWS =
  "select position, hash from audit_log where position > $1 and position <= $2 order by position limit $3";
const INSERT =
  "insert into audit_blocks (number, last_position, rows, closed_at, hash) values ($1, $2, $3, now(), $4)";

/** Maximum number of rows of a block. */
const BATCH = 10_000;

/** Interval of checks for running transactions, in milliseconds. */
const CHECK_MS = 50;

interface LastBlock {
  readonly number: bigint;
  readonly lastPosition: bigint;
  readonly hash: Uint8Array;
}

/**
 * Closes all rows of the audit log that are visible. A row of a transaction that still runs could get a smaller position:
 * every transaction gets its id before its position, so all that can are older than a mark, and it waits for them. Any
 * number of processes may do it; one at a time does.
 */
export async function closeBlocks(
  pool: ConnectionPool,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const writer = pool.writer();
  const until = await numberOf(writer, LAST);
  const closed = (await lastBlock(writer))?.lastPosition ?? 0n;
  if (until <= closed) return;
  const mark = await numberOf(writer, MARK);
  while (await numberOf(pool.writer(), SETTLED) <= mark) {
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    signal?.throwIfAborted();
  }
  while (await pool.withTx((tx) => closeBlock(tx, until)));
}

/** Closes a batch; false if none is left, or another process closes blocks. */
async function closeBlock(tx: Querier, until: bigint): Promise<boolean> {
  const { rows: [lock] } = await tx.query<{ locked: boolean }>(LOCK);
  if (!lock?.locked) return false;
  const before = await lastBlock(tx);
  const { rows } = await tx.query<{ position: bigint; hash: Uint8Array }>(
    ROWS,
    [before?.lastPosition ?? 0n, until, BATCH],
  );
  const last = rows.at(-1);
  if (last === undefined) return false;
  const hash = new BlockHash(before?.hash ?? new Uint8Array());
  for (const row of rows) hash.add(row.position, row.hash);
  await tx.query(INSERT, [(before?.number ?? 0n) + 1n, last.position, rows.length, hash.digest()]);
  return rows.length === BATCH;
}

async function lastBlock(db: Querier): Promise<LastBlock | undefined> {
  return (await db.query<LastBlock>(LAST_BLOCK)).rows[0];
}

async function numberOf(db: Querier, query: string): Promise<bigint> {
  return (await db.query<{ number: bigint }>(query)).rows[0]?.number ?? 0n;
}

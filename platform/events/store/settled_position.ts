import type { ConnectionManager, Querier, QueryOptions } from "@archway/db/db.ts";
import type { SettleOptions } from "@archway/service_kit/export_definition.ts";
import { pause } from "@archway/queue/pause.ts";

const LAST = "select coalesce(max(position), 0) as position from events";
const MARK = "select pg_current_xact_id()::text::bigint as id";
const SETTLED = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint > $1 as settled";

/** Interval of checks for running transactions, in milliseconds. */
const CHECK_MS = 50;

/**
 * Returns a position up to which no event can be added any more.
 *
 * Positions are not in the order of transaction ids: a transaction may get its id first and its position last. But each
 * gets its id before any position. So all positions up to one that is visible belong to transactions older than a mark
 * that is set afterwards. Once a snapshot has no running transaction up to the mark, all of them have ended.
 */
export async function settledPosition(
  connections: Pick<ConnectionManager, "writer">,
  { signal, onWait }: SettleOptions = {},
): Promise<bigint> {
  const position = await lastPosition(connections.writer());
  if (position === 0n) return 0n;
  const mark = await readNumber(connections.writer(), MARK, { column: "id" });
  for (let waits = 0;; waits++) {
    const { rows: [row] } = await connections.writer().query<{ settled: boolean }>(SETTLED, [mark]);
    if (row?.settled === true) return position;
    // Most transactions end before.
    if (waits === 10) onWait?.();
    await pause(CHECK_MS, signal === undefined ? {} : { signal });
    signal?.throwIfAborted();
  }
}

/** Returns the last position that is visible; 0 if there is none. */
export function lastPosition(db: Querier, options?: QueryOptions): Promise<bigint> {
  return readNumber(db, LAST, { column: "position", ...options });
}

async function readNumber(
  db: Querier,
  text: string,
  { column, ...options }: QueryOptions & { readonly column: string },
): Promise<bigint> {
  const { rows: [row] } = await db.query<Readonly<Record<string, bigint>>>(text, [], options);
  return row?.[column] ?? 0n;
}

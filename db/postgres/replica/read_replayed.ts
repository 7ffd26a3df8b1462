import type { Querier, WalPosition } from "../../db.ts";

/** Row of {@link replayedColumns}. */
export interface ReplayedRow {
  readonly timeline: number | null;
  readonly lsn: bigint | null;
}

/**
 * Columns of a SELECT for the position that a server shows. The WAL receiver's timeline requires pg_read_all_stats.
 * Otherwise it is the timeline of the last checkpoint, which can be outdated for minutes after a promotion. On a primary
 * it is the current position.
 */
export const replayedColumns = `CASE WHEN pg_is_in_recovery()
    THEN COALESCE((SELECT received_tli FROM pg_stat_get_wal_receiver()),
      (SELECT timeline_id FROM pg_control_checkpoint()))
    ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int4 END AS timeline,
  (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END
    - '0/0')::int8 AS lsn`;

/** Reads the replayed position of a replica; undefined if unknown. */
export async function readReplayed(replica: Querier): Promise<WalPosition | undefined> {
  const { rows: [row] } = await replica.query<ReplayedRow>(`SELECT ${replayedColumns}`);
  return row && replayedOf(row);
}

/** Returns the position in a row. */
export function replayedOf({ timeline, lsn }: ReplayedRow): WalPosition | undefined {
  return timeline === null || lsn === null ? undefined : { timeline, lsn };
}

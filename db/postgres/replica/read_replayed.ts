import type { Querier, WalPosition } from "../../db.ts";

/** What {@link replayedColumns} give. */
export interface ReplayedRow {
  readonly timeline: number | null;
  readonly lsn: bigint | null;
}

/**
 * How far a server shows the history, as columns of a SELECT. The receiver of WAL tells its timeline to roles of
 * pg_read_all_stats; what everybody may read is the timeline of the last checkpoint, which can be old for minutes after
 * a promotion. A server that follows nobody shows everything that it has.
 */
export const replayedColumns = `CASE WHEN pg_is_in_recovery()
    THEN COALESCE((SELECT received_tli FROM pg_stat_get_wal_receiver()),
      (SELECT timeline_id FROM pg_control_checkpoint()))
    ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int4 END AS timeline,
  (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END
    - '0/0')::int8 AS lsn`;

/** Asks a replica how far it has replayed; undefined where it cannot tell. */
export async function readReplayed(replica: Querier): Promise<WalPosition | undefined> {
  const { rows: [row] } = await replica.query<ReplayedRow>(`SELECT ${replayedColumns}`);
  return row && replayedOf(row);
}

/** The position in a row. */
export function replayedOf({ timeline, lsn }: ReplayedRow): WalPosition | undefined {
  return timeline === null || lsn === null ? undefined : { timeline, lsn };
}

import type { WalPosition } from "../../db.ts";
import { probeErrorReason, queryWithTimeout } from "../connection/query_with_timeout.ts";
import { serverStart } from "../connection/session_state.ts";
import type { InstanceConnections } from "../connection/instance_connections.ts";
import type { ReplicaState } from "./lag_meter.ts";
import { replayedColumns, replayedOf, type ReplayedRow } from "./read_replayed.ts";

/** Reads the replication state. Roles that may not read statistics still see that there is a WAL receiver. */
const statement = `SELECT pg_is_in_recovery() AS follows, ${serverStart} AS "serverStart",
  EXISTS (SELECT FROM pg_stat_get_wal_receiver() AS receiver WHERE receiver.pid IS NOT NULL) AS streams,
  COALESCE(pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn(), false) AS "caughtUp",
  (1000 * extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()))::float8 AS "sinceReplayMs",
  ${replayedColumns}`;

/** Result of a probe of a replica. */
export interface ReplicaProbe {
  readonly state: ReplicaState;
  /** Replayed position; undefined if unknown. */
  readonly replayed: WalPosition | undefined;
}

/** Options of {@link probeReplica}. */
export interface ProbeReplicaOptions {
  readonly timeoutMs: number;
  /** Start of the primary, by which a server that follows none is recognized as the primary; undefined if unknown. */
  readonly primaryStart: string | undefined;
}

interface ProbeRow extends Omit<ReplicaState, "isPromoted">, ReplayedRow {
  readonly serverStart: string;
}

/** Probes a replica. Rejects with a user-facing reason if it cannot be used. */
export async function probeReplica(
  connections: InstanceConnections,
  { timeoutMs, primaryStart }: ProbeReplicaOptions,
): Promise<ReplicaProbe> {
  try {
    return await queryWithTimeout(connections, async (server) => {
      const { rows: [row] } = await server.query<ProbeRow>(statement);
      if (row === undefined) throw new Error("The replica returned no replication state");
      const isPromoted = !row.follows && primaryStart !== undefined && primaryStart !== row.serverStart;
      return { state: { ...row, isPromoted }, replayed: replayedOf(row) };
    }, { timeoutMs });
  } catch (error) {
    throw new Error(probeErrorReason(error), { cause: error });
  }
}

import type { WalPosition } from "../../db.ts";
import type { DatabaseErrorCode } from "../../errors.ts";
import type { InstanceConnections } from "../connection/instance_connections.ts";
import type { ReplicaState } from "./lag_meter.ts";
import { replayedColumns, replayedOf, type ReplayedRow } from "./read_replayed.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";

/** Whoever may not read statistics sees that there is a WAL receiver, which is enough. */
const statement = `SELECT pg_is_in_recovery() AS follows,
  EXISTS (SELECT FROM pg_stat_get_wal_receiver() AS receiver WHERE receiver.pid IS NOT NULL) AS streams,
  COALESCE(pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn(), false) AS "caughtUp",
  (1000 * extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()))::float8 AS "sinceReplayMs",
  ${replayedColumns}`;

/** What a replica has said. */
export interface ReplicaAnswer {
  readonly state: ReplicaState;
  /** How far it has replayed; undefined: it cannot tell. */
  readonly replayed: WalPosition | undefined;
}

/**
 * Asks a replica how it follows. Rejects with a reason for people when it cannot be reached or does not answer in
 * time, and gives up its connection then: a server that stands still never ends it.
 */
export async function probeReplica(
  connections: InstanceConnections,
  { patienceMs }: { readonly patienceMs: number },
): Promise<ReplicaAnswer> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = (): void => reject(new Error(`It did not answer within ${patienceMs} ms`));
  // In two halves: where this process itself was busy for so long, what has arrived meanwhile is read in between.
  let timer = setTimeout(() => timer = setTimeout(late, patienceMs / 2), patienceMs / 2);
  try {
    const { rows: [row] } = await Promise.race([
      connections.querier.query<ReplicaState & ReplayedRow>(statement),
      promise,
    ]);
    if (row === undefined) throw new Error("It did not tell how it follows");
    return { state: row, replayed: replayedOf(row) };
  } catch (error) {
    connections.cut();
    if (error instanceof Error && error.name === "Error") throw error;
    throw new Error(faultReason(toDatabaseError(error).code));
  } finally {
    clearTimeout(timer);
  }
}

/** Why a replica takes no reads, for people. */
export function faultReason(code: DatabaseErrorCode): string {
  // A connection that is lost under the question has no outcome to be in doubt of.
  if (code === "unavailable" || code === "outcome-unknown") return "It cannot be reached";
  return code === "timeout" ? "It did not answer in time" : "The check failed";
}

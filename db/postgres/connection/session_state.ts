import type { QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { PoolConfig } from "../pool_config.ts";
import type { DriverSession } from "./driver_session.ts";
import { pinSettings } from "./session_settings.ts";
import { checkServer, type ServerState } from "./unsuitable_server_error.ts";

/** SQL expression of {@link Session.serverStart}. */
export const serverStart = "extract(epoch FROM pg_postmaster_start_time())::text";

/** Session of a server. */
export interface Session {
  /** Process of the session. */
  readonly pid: number;
  /** Start of the server, which differs between servers. */
  readonly serverStart: string;
}

/** State of a session that has been opened. */
export interface OpenedState extends Session, ServerState {
  readonly refusesWrites: boolean;
}

const opened = `SELECT
    pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "refusesWrites",
    pg_backend_pid() AS pid, ${serverStart} AS "serverStart",
    current_setting('server_version_num')::int4 AS version, current_setting('server_encoding') AS encoding`;

/** Reads the state of a new session, checks the server and pins settings. Rejects with errors of the driver. */
export async function readState(
  driver: DriverSession,
  config: Omit<PoolConfig, "primary" | "replicas">,
): Promise<OpenedState> {
  const text = config.pooler === "transaction" ? opened : `${opened}, ${pinSettings(config)} AS pinned`;
  const { rows: [row] } = await new Promise<QueryResult<OpenedState>>((onResult, onError) => {
    driver.query<OpenedState>(text, [], { onResult, onError });
  });
  if (row === undefined) throw new DatabaseError("internal", "The server returned no state");
  checkServer(row);
  return row;
}

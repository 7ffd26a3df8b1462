import type { QueryParameter, QueryResult } from "../../db.ts";

/** Runs a statement: a pool's querier or a connection. */
interface Server {
  query<Row extends object>(text: string, parameters?: readonly QueryParameter[]): Promise<QueryResult<Row>>;
}

interface Session {
  readonly pid: number;
  readonly program: string | null;
  readonly role: string | null;
  readonly state: string | null;
  readonly seconds: number | null;
}

/** Columns of a {@link Session}. Other roles see neither the state nor its duration. Never its statement: it may have values. */
const columns = `pid, nullif(application_name, '') AS program, usename AS role, state,
  extract(epoch FROM clock_timestamp() - coalesce(xact_start, state_change))::int AS seconds`;

/** Describes the sessions that block a server process; undefined if none does. */
export async function summarizeBlockers(server: Server, pid: number): Promise<string | undefined> {
  const { rows } = await server.query<Session>(
    `SELECT ${columns} FROM (SELECT DISTINCT unnest(pg_blocking_pids($1)) AS pid) AS blocker
      LEFT JOIN pg_stat_activity USING (pid) ORDER BY pid LIMIT 5`,
    [pid],
  );
  return summarize(rows);
}

/** Describes the session that holds an advisory lock; undefined if none does. */
export async function summarizeLockHolder(server: Server, key: bigint): Promise<string | undefined> {
  const { rows } = await server.query<Session>(
    `SELECT ${columns} FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND datname = current_database()
        AND database = datid AND classid = $1::bigint::oid AND objid = $2::bigint::oid`,
    [key >> 32n, key & 0xffffffffn],
  );
  return summarize(rows);
}

function summarize(sessions: readonly Session[]): string | undefined {
  return sessions.length === 0 ? undefined : sessions.map(summarizeSession).join(", ");
}

function summarizeSession({ pid, program, role, state, seconds }: Session): string {
  // pg_blocking_pids() has 0 for a prepared transaction, which belongs to no process.
  if (pid === 0) return "a prepared transaction (see pg_prepared_xacts)";
  const since = seconds === null ? "" : ` for ${seconds} s`;
  const parts = [program, role === null ? null : `role ${role}`, state === null ? null : `${state}${since}`];
  const known = parts.filter((part) => part !== null);
  return `process ${pid}${known.length === 0 ? "" : ` (${known.join(", ")})`}`;
}

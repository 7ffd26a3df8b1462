import type { ConnectionPool } from "../../../db.ts";

/** Pool under test and the pool that inspects its connections. */
export interface Observed {
  /** Pool without running work. */
  readonly pool: ConnectionPool;
  /** Another pool on the same database. */
  readonly observer: ConnectionPool;
  /** Application name of the first pool. */
  readonly applicationName: string;
}

/** Connections as seen by the pool and by the server. */
interface Connections {
  readonly pool: { readonly open: number; readonly idle: number; readonly waiting: number };
  readonly server: { readonly all: number; readonly idle: number; readonly locks: number };
}

/** Connections of a pool beside its slots: the one that probes the server while a response is overdue. */
const PROBES = 1;

/**
 * Waits until a pool and its server agree on the connections. All are idle outside of transactions, without locks or
 * waiting callers. Rejects with both views on timeout.
 */
export async function untilNothingLeaks(observed: Observed): Promise<void> {
  // The server ends a process some time after its client has disconnected.
  const deadline = Date.now() + 60_000;
  while (true) {
    const seen = await readConnections(observed);
    const { pool, server } = seen;
    const beside = server.all - pool.open;
    const agreed = beside >= 0 && beside <= PROBES && pool.idle === pool.open && server.idle === server.all;
    if (agreed && pool.waiting === 0 && server.locks === 0) return;
    if (Date.now() > deadline) throw new Error(`Connections were leaked: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function readConnections({ pool, observer, applicationName }: Observed): Promise<Connections> {
  const [primary] = pool.load();
  if (primary === undefined) throw new Error("The pool has no primary");
  const { rows: [server] } = await observer.writer().query<Connections["server"]>(
    `SELECT count(*)::int AS all, (count(*) FILTER (WHERE state = 'idle'))::int AS idle,
        (SELECT count(*)::int FROM pg_locks JOIN pg_stat_activity USING (pid)
          WHERE datname = current_database() AND application_name = $1) AS locks
      FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`,
    [applicationName],
  );
  if (server === undefined) throw new Error("The server returned no row");
  return { pool: primary.pool, server };
}

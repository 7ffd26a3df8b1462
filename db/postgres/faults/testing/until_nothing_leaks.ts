import type { ConnectionPool } from "../../../db.ts";

/** Whose connections are counted, and who counts them. */
export interface Observed {
  /** Has nothing to do any more. */
  readonly pool: ConnectionPool;
  /** Another pool on the same database. */
  readonly observer: ConnectionPool;
  /** What the first pool is called. */
  readonly applicationName: string;
}

/** What both sides say of a pool's connections. */
interface Connections {
  readonly pool: { readonly open: number; readonly idle: number; readonly waiting: number };
  readonly server: { readonly all: number; readonly idle: number; readonly locks: number };
}

/**
 * Resolves when a pool and its server agree: as many connections on either side, every one idle outside of a
 * transaction, no locks held, nobody waiting. Rejects with what they say when they do not come to agree.
 */
export async function untilNothingLeaks(observed: Observed): Promise<void> {
  // The server ends processes some time after their clients are gone.
  const deadline = Date.now() + 60_000;
  while (true) {
    const seen = await look(observed);
    const { pool, server } = seen;
    const agreed = pool.open === server.all && pool.idle === pool.open && server.idle === server.all;
    if (agreed && pool.waiting === 0 && server.locks === 0) return;
    if (Date.now() > deadline) throw new Error(`Connections are left over: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function look({ pool, observer, applicationName }: Observed): Promise<Connections> {
  const [primary] = pool.load();
  if (primary === undefined) throw new Error("The pool has no primary");
  const { rows: [server] } = await observer.writer().query<Connections["server"]>(
    `SELECT count(*)::int AS all, (count(*) FILTER (WHERE state = 'idle'))::int AS idle,
        (SELECT count(*)::int FROM pg_locks JOIN pg_stat_activity USING (pid)
          WHERE datname = current_database() AND application_name = $1) AS locks
      FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`,
    [applicationName],
  );
  if (server === undefined) throw new Error("The server has not answered");
  return { pool: primary.pool, server };
}

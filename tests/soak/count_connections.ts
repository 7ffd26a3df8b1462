import type { Connection } from "@archway/db/postgres/connection/connection.ts";
import { openConnection } from "@archway/db/postgres/connection/open_connection.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

const COUNT = `SELECT count(*)::int4 AS count FROM pg_stat_activity
  WHERE datname = $1 AND backend_type = 'client backend'`;

/** Returns the server's number of client connections to a database; undefined on failure. */
export async function countConnections(
  instance: InstanceConfig,
  database: string,
): Promise<number | undefined> {
  let connection: Connection | undefined;
  try {
    // Connected to another database, so that it does not count itself. The server may be restarted at any time, which
    // postgres.js without a pool around it does not survive.
    const other: InstanceConfig = { ...instance, database: "postgres", driver: "wire" };
    connection = await openConnection(other, { config: { connectTimeoutMs: 10_000 }, readOnly: true });
    const { rows: [row] } = await connection.query<{ readonly count: number }>(COUNT, [database]);
    return row?.count;
  } catch {
    return undefined;
  } finally {
    await connection?.close();
  }
}

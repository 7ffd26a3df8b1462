import postgres from "postgres";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

const COUNT = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE datname = $1 AND backend_type = 'client backend'`;

/** Returns the server's number of client connections to a database; undefined on failure. */
export async function countConnections(
  { host, port, user, password }: InstanceConfig,
  database: string,
): Promise<number | undefined> {
  // Connected to another database, so that it does not count itself.
  const options = { host, port, user, password, database: "postgres", max: 1, connect_timeout: 10 };
  const sql = postgres({ ...options, onnotice: () => {} });
  try {
    const [row] = await sql.unsafe<{ count: number }[]>(COUNT, [database]);
    return row?.count;
  } catch {
    return undefined;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

import type { Pgbouncer, StartPgbouncerOptions } from "@archway/tools/support/postgres/start_pgbouncer.ts";
import type { ConnectionPool } from "../../../db.ts";
import { openPool } from "../../open_pool.ts";
import type { PoolConfig } from "../../pool_config.ts";

/** Opens a pool that is configured for the pooler. */
export function openBehindPgbouncer(pgbouncer: Pgbouncer, config: Partial<PoolConfig> = {}): ConnectionPool {
  const primary = { ...pgbouncer.instance, maxConnections: 20 };
  return openPool({ primary, replicas: [], pooler: "transaction", ...config });
}

/**
 * Reads the settings of the chapter "Behind PgBouncer" in docs/connections.md. Excludes addresses and authentication.
 */
export async function documentedSettings(): Promise<Required<StartPgbouncerOptions>> {
  const text = await Deno.readTextFile(new URL("../../../../docs/connections.md", import.meta.url));
  const found = /```ini\n\[databases\]\n([^[]+)\[pgbouncer\]\n([^`]+)```/.exec(text);
  if (found === null) throw new Error("The chapter has no pgbouncer.ini");
  const [, databases = "", settings = ""] = found;
  const [databaseOptions = ""] = /connect_query='[^']+'/.exec(databases) ?? [];
  return { ini: settings.replace(/^(listen|auth)_.*$/gm, ""), databaseOptions };
}

import type { Config } from "@archway/config/config.ts";
import type { ConnectionPool, InstanceStatus } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { formatError } from "./format_error.ts";
import { formatBytes } from "./format_bytes.ts";
import { openDatabase } from "./open_database.ts";
import { print } from "./print.ts";
import { textTable } from "./text_table.ts";

/**
 * `archway db status`: tells how every configured server is.
 *
 * @returns the exit code: 0 the primary is healthy, 1 it is not.
 */
export async function status(config: Config, { json }: { readonly json: boolean }): Promise<number> {
  await using database = await openDatabase(config);
  const instances = (await database.pool.status()).map((instance) =>
    // Its socket is this process's own and of no use to anybody.
    config.database.kind === "embedded" ? { ...instance, address: config.database.dataDirectory } : instance
  );
  await print(Deno.stdout, json ? statusJson(instances) : statusTable(instances));
  if (instances.some(({ role, healthy }) => role === "primary" && healthy)) return 0;
  await printReason(database.pool);
  return 1;
}

/** What is wrong with the primary, where it says so: its state is for answers to requests, too, which do not tell. */
async function printReason(pool: ConnectionPool): Promise<void> {
  try {
    await pool.writer().query("SELECT 1");
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    await print(Deno.stderr, `archway db: ${formatError(error)}\n`);
  }
}

const HEADER = ["NAME", "ROLE", "ADDRESS", "LAG", "SIZE", "OPEN", "IDLE", "WAITING", "MAX", "STATE"];

/** A line for every server. */
export function statusTable(instances: readonly InstanceStatus[]): string {
  return textTable([
    HEADER,
    ...instances.map(({ name, role, address, lagMs, databaseBytes, pool, healthy, reason }) => [
      name,
      role,
      address,
      lagMs === undefined ? "-" : `${(lagMs / 1000).toFixed(1)} s`,
      databaseBytes === undefined ? "-" : formatBytes(databaseBytes),
      ...[pool.open, pool.idle, pool.waiting, pool.max].map(String),
      healthy ? "healthy" : reason ?? "not healthy",
    ]),
  ]);
}

/** An array of what `pool.status()` gives, `databaseBytes` as a number. */
export function statusJson(instances: readonly InstanceStatus[]): string {
  const plain = instances.map(({ databaseBytes, ...rest }) => ({
    ...rest,
    ...(databaseBytes === undefined ? {} : { databaseBytes: Number(databaseBytes) }),
  }));
  return `${JSON.stringify(plain, undefined, 2)}\n`;
}

import type { StorageConfig } from "@archway/config/storage_config.ts";
import type { ConnectionPool, InstanceStatus } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { formatError } from "./format_error.ts";
import { formatBytes } from "./format_bytes.ts";
import { openDatabase } from "./open_database.ts";
import { print } from "./print.ts";
import { textTable } from "@archway/service_kit/text_table.ts";

/**
 * `db status`: prints the status of every configured server.
 *
 * @returns the exit code: 0 if the primary is healthy, 1 if not.
 */
export async function status(
  config: StorageConfig,
  { project, json }: { readonly project: string; readonly json: boolean },
): Promise<number> {
  await using database = await openDatabase(config, { use: "command" });
  const instances = (await database.pool.status()).map((instance) =>
    // The socket of the embedded server is private to this process; its data directory identifies it.
    config.database.kind === "embedded" ? { ...instance, address: config.database.dataDirectory } : instance
  );
  await print(Deno.stdout, json ? statusJson(instances) : statusTable(instances));
  if (instances.some(({ role, healthy }) => role === "primary" && healthy)) return 0;
  const reason = await primaryError(database.pool);
  if (reason !== undefined) await print(Deno.stderr, `${project} db: ${reason}\n`);
  return 1;
}

/** Returns the error of the primary. The status omits its details, because `/readyz` shows the status to clients. */
async function primaryError(pool: ConnectionPool): Promise<string | undefined> {
  try {
    await pool.writer().query("SELECT 1");
    return undefined;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return formatError(error);
  }
}

const HEADER = ["NAME", "ROLE", "ADDRESS", "LAG", "SIZE", "OPEN", "IDLE", "WAITING", "MAX", "STATE"];

/** Formats the status as a table with a row for each server. */
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
      healthy ? "healthy" : reason ?? "unhealthy",
    ]),
  ]);
}

/** Formats the status as a JSON array, with `databaseBytes` as a number. */
export function statusJson(instances: readonly InstanceStatus[]): string {
  const plain = instances.map(({ databaseBytes, ...rest }) => ({
    ...rest,
    ...(databaseBytes === undefined ? {} : { databaseBytes: Number(databaseBytes) }),
  }));
  return `${JSON.stringify(plain, undefined, 2)}\n`;
}

import { join } from "node:path";
import postgres from "postgres";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/** Text of db/roles.sql, which creates the roles of the service and the table owner. */
export const ROLES: string = await Deno.readTextFile(
  join(import.meta.dirname ?? ".", "../../../db/roles.sql"),
);

/** Runs statements as a role and returns the rows of the last one. */
export async function execute(
  { host, port, user, database }: InstanceConfig,
  statements: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const sql = postgres({ host, port, user, database, max: 1, onnotice: () => {} });
  try {
    return [...await sql.unsafe(statements)];
  } finally {
    await sql.end();
  }
}

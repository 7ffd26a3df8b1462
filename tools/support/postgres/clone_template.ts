import postgres from "postgres";
import type { MigrationSource } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { migrationsKey } from "../migrations_key.ts";

/** Options of {@link cloneTemplate}. */
export interface CloneOptions {
  readonly database: string;
  readonly migrations: readonly MigrationSource[];
}

const prefix = "archway_template_";

/** Key of the lock for creating templates. Concurrent test files create a template once. */
const lockKey = 7_265_112_081;

/** Age after which a template is dropped. */
const maxAge = "1 day";

/**
 * Creates a database as a copy of a migrated template. The template is created if the server has none for these
 * migrations, and remains for later tests and runs.
 */
export async function cloneTemplate(
  server: InstanceConfig,
  { database, migrations }: CloneOptions,
): Promise<void> {
  const template = templateName(migrations);
  const { host, port, user, password } = server;
  const sql = postgres({ host, port, user, password, database: server.database, max: 1, onnotice: () => {} });
  try {
    while (!await clone(sql, { database, template })) {
      await makeTemplate(sql, { server, template, migrations });
    }
  } finally {
    await sql.end();
  }
}

/** Returns the name of the template. */
export function templateName(migrations: readonly MigrationSource[]): string {
  return prefix + migrationsKey(migrations);
}

/** Creates a database. Returns false if the template is missing. */
async function clone(
  sql: postgres.Sql,
  { database, template }: { readonly database: string; readonly template: string },
): Promise<boolean> {
  try {
    await sql.unsafe(`CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY file_copy`);
    return true;
  } catch (error) {
    if (error instanceof postgres.PostgresError && error.code === "3D000") return false;
    throw error;
  }
}

interface TemplateOptions {
  readonly server: InstanceConfig;
  readonly template: string;
  readonly migrations: readonly MigrationSource[];
}

async function makeTemplate(
  sql: postgres.Sql,
  { server, template, migrations }: TemplateOptions,
): Promise<void> {
  await sql`SELECT pg_advisory_lock(${lockKey})`;
  try {
    if ((await sql`SELECT FROM pg_database WHERE datname = ${template}`).length > 0) return;
    await dropOld(sql);
    const unfinished = `${template}_unfinished`;
    await sql.unsafe(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await sql.unsafe(`CREATE DATABASE ${unfinished}`);
    {
      await using pool = openPool({ primary: { ...server, database: unfinished }, replicas: [] });
      await pool.migrate(migrations);
    }
    await sql.unsafe(`COMMENT ON DATABASE ${unfinished} IS '${new Date().toISOString()}'`);
    await sql.unsafe(`ALTER DATABASE ${unfinished} ALLOW_CONNECTIONS false`);
    await sql.unsafe(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
  } finally {
    await sql`SELECT pg_advisory_unlock(${lockKey})`;
  }
}

/** Drops the templates of earlier migrations, which are re-created if needed. */
async function dropOld(sql: postgres.Sql): Promise<void> {
  const old = await sql<{ name: string }[]>`
    SELECT datname AS name FROM pg_database
      WHERE starts_with(datname, ${prefix})
        AND shobj_description(oid, 'pg_database')::timestamptz < now() - ${maxAge}::interval`;
  for (const { name } of old) await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

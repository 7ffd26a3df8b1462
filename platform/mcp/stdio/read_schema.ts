import type { CommandProgram } from "@archway/service_kit/command_program.ts";

/** Table as a developer reads it. A type, as rows need an index signature. */
export type TableSchema = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
};

/** Reads the catalog of PostgreSQL, for all schemas but its own. */
const TABLES = `
SELECT
  CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS name,
  ARRAY(
    SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
      || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
  ) AS columns,
  ARRAY(
    SELECT k.conname || ' ' || pg_get_constraintdef(k.oid)
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n' ORDER BY k.conname
  ) AS constraints,
  ARRAY(
    SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid ORDER BY i.indexrelid
  ) AS indexes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
ORDER BY name`;

/** Reads the tables of a database. */
export async function readSchema(
  pool: NonNullable<CommandProgram["pool"]>,
): Promise<readonly TableSchema[]> {
  const { rows } = await pool.writer().query<TableSchema>(TABLES);
  return rows;
}

/** Runs a statement in the session and returns its rows. */
export type RunQuery = (text: string) => Promise<readonly unknown[]>;

/**
 * Tables with as many dead rows as autovacuum would accept (PostgreSQL's defaults of autovacuum_vacuum_threshold and
 * autovacuum_vacuum_scale_factor), most dead rows first. Dead rows are counted since the last start.
 */
const BLOATED = `SELECT format('%I.%I', schemaname, s.relname) AS name FROM pg_stat_all_tables AS s
  JOIN pg_class AS c ON c.oid = relid
  WHERE n_dead_tup > 50 + 0.2 * greatest(reltuples, n_live_tup, 0) AND schemaname !~ '^pg_(toast|temp)'
  ORDER BY n_dead_tup DESC LIMIT 1`;

/** Vacuums the table with most dead rows, and returns its name; undefined if none has enough of them. */
export async function vacuumOne(run: RunQuery): Promise<string | undefined> {
  const [row] = await run(BLOATED);
  if (typeof row !== "object" || row === null || !("name" in row) || typeof row.name !== "string") {
    return undefined;
  }
  await run(`VACUUM (ANALYZE) ${row.name}`);
  return row.name;
}

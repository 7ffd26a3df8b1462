import type { Querier } from "@archway/db/db.ts";
import { PROJECTED_TABLES } from "../projection/projection_sql.ts";
import { FRESH, KEYS } from "./fresh_tables.ts";

/** Differences between a live table and its rebuilt copy. */
export interface TableDifference {
  readonly table: string;
  /** Number of rows in the live table. */
  readonly rows: number;
  /** Number of rows that the live table lacks. */
  readonly missing: number;
  /** Number of rows that only the live table has. */
  readonly extra: number;
  /** Number of rows whose values differ. */
  readonly different: number;
  /** Keys of some of these rows. */
  readonly examples: readonly string[];
}

/** Maximum number of keys in the examples. */
const MAX_EXAMPLES = 5;

/** Compares every live table with its rebuilt copy, row by row. */
export async function compareTables(tx: Querier): Promise<readonly TableDifference[]> {
  const differences: TableDifference[] = [];
  for (const table of PROJECTED_TABLES) {
    const key = KEYS[table];
    const differs =
      "live.tableoid is null or fresh.tableoid is null or row(live.*) is distinct from row(fresh.*)";
    const name = key.map((column) => `coalesce(live.${column}, fresh.${column})::text`).join(" || '/' || ");
    const both = key.map((column) => `live.${column} = fresh.${column}`).join(" and ");
    const { rows: [row] } = await tx.query<Omit<TableDifference, "table">>(
      `select count(live.tableoid)::float8 as rows,
        count(*) filter (where live.tableoid is null)::float8 as missing,
        count(*) filter (where fresh.tableoid is null)::float8 as extra,
        count(*) filter (where live.tableoid is not null and fresh.tableoid is not null
          and row(live.*) is distinct from row(fresh.*))::float8 as different,
        coalesce((array_agg(${name} order by ${name}) filter (where ${differs}))[1:${MAX_EXAMPLES}], '{}') as examples
      from ${table} as live full join ${FRESH}${table} as fresh on ${both}`,
    );
    if (row === undefined) throw new Error(`Comparison of ${table} returned no row`);
    differences.push({ table, ...row });
  }
  return differences;
}

/** Returns whether a live table equals its rebuilt copy. */
export function isEqual({ missing, extra, different }: TableDifference): boolean {
  return missing + extra + different === 0;
}

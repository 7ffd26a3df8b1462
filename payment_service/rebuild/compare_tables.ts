import type { Querier } from "@archway/db/db.ts";
import { PROJECTED_TABLES } from "../projection/projection_sql.ts";
import { FRESH, KEYS } from "./fresh_tables.ts";

/** How a live table differs from what its events make. */
export interface TableDifference {
  readonly table: string;
  /** Rows of the live table. */
  readonly rows: number;
  /** Rows that the events make and the live table lacks. */
  readonly lacking: number;
  /** Rows of the live table that no event makes. */
  readonly surplus: number;
  /** Rows that are there in both and are not equal. */
  readonly unequal: number;
  /** The keys of some of them. */
  readonly examples: readonly string[];
}

/** How many keys are named. */
const EXAMPLES = 5;

/** Compares every live table with the fresh one, row by row. */
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
        count(*) filter (where live.tableoid is null)::float8 as lacking,
        count(*) filter (where fresh.tableoid is null)::float8 as surplus,
        count(*) filter (where live.tableoid is not null and fresh.tableoid is not null
          and row(live.*) is distinct from row(fresh.*))::float8 as unequal,
        coalesce((array_agg(${name} order by ${name}) filter (where ${differs}))[1:${EXAMPLES}], '{}') as examples
      from ${table} as live full join ${FRESH}${table} as fresh on ${both}`,
    );
    if (row === undefined) throw new Error(`Comparing ${table} gave nothing`);
    differences.push({ table, ...row });
  }
  return differences;
}

/** Whether a table is what its events make. */
export function isEqual({ lacking, surplus, unequal }: TableDifference): boolean {
  return lacking + surplus + unequal === 0;
}

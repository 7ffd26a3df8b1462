import { type BenchRun, compare, type CompareOptions, loadVariant } from "./bench_run.ts";
import type { Result } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { type RowName, type RowOptions, ROWS, rowWorkload } from "./row_workload.ts";
import type { LoadSetting } from "./scenario.ts";

/** Options of {@link compareRows}. */
export interface CompareRowsOptions extends RowOptions, Pick<CompareOptions, "bases"> {
  /** Servers with the same data, by the names of the variants; the first is the base by default. */
  readonly servers: Readonly<Record<string, HttpServerProcess>>;
}

/** Puts servers under the same load, row by row. */
export async function compareRows(
  run: BenchRun<LoadSetting>,
  rows: readonly RowName[],
  { servers, bases, ...options }: CompareRowsOptions,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const { connections } = run.settings;
  for (const row of rows) {
    const variants = await Promise.all(
      Object.entries(servers).map(async ([name, server]) => {
        const workload = await rowWorkload(row, server, options);
        return loadVariant(run, name, { server, workload, connections });
      }),
    );
    results.push(...await compare(run, variants, { row: ROWS[row], ...bases && { bases } }));
  }
  return results;
}

/** Returns the rows that a run picked. */
export function pickedRows({ parts }: BenchRun, rows: readonly RowName[]): readonly RowName[] {
  return rows.filter((row) => parts.includes(row));
}

/** Returns the parts of a scenario with these rows. */
export function rowParts(rows: readonly RowName[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.map((row) => [row, ROWS[row]]));
}

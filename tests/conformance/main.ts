import { print } from "@archway/program/print.ts";
import { textTable } from "@archway/program/text_table.ts";
import { type ConformOptions, parseConformOptions, USAGE } from "./conform_options.ts";
import { type RowResult, runRows } from "./run_rows.ts";
import { THEMES } from "./table.ts";

/** Runs what is asked for; the code to exit with. */
async function conform({ url, fields, only }: ConformOptions): Promise<number> {
  const themes = THEMES.map(({ name, rows }) => ({
    name,
    rows: rows.filter((row) => only === undefined || `${name}: ${row.name}`.includes(only)),
  }));
  const results = await runRows(url, themes, { fields });
  const failed = results.filter(({ faults }) => faults.length > 0);
  if (failed.length > 0) await print(Deno.stdout, failureTable(failed));
  await print(Deno.stdout, `${results.length - failed.length} rows passed, ${failed.length} failed\n`);
  return failed.length === 0 && results.length > 0 ? 0 : 1;
}

function failureTable(failed: readonly RowResult[]): string {
  return textTable([
    ["THEME", "ROW", "ANSWERED", "WHAT IS WRONG"],
    ...failed.map(({ theme, row, answered, faults }) => [
      theme,
      row,
      answered.join(" ") || "-",
      faults.join("; "),
    ]),
  ]);
}

if (import.meta.main) {
  try {
    const options = parseConformOptions(Deno.args);
    if (options === undefined) await print(Deno.stdout, USAGE);
    else Deno.exitCode = await conform(options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    await print(Deno.stderr, `${error.message}\n\n${USAGE}`);
    Deno.exitCode = 2;
  }
}

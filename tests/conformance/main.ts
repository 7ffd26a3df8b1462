import { print } from "@archway/program/print.ts";
import { textTable } from "@archway/program/text_table.ts";
import { type ConformOptions, parseConformOptions, USAGE } from "./conform_options.ts";
import { type RowResult, runSuites } from "@archway/tools/support/conformance/run_suites.ts";
import { findSuites, type Suite } from "@archway/tools/support/conformance/suite.ts";
import { services } from "../../services.ts";
import { withHttpRows } from "./http_rows.ts";

/** Runs the suites of all services. Returns the exit code. */
async function conform({ url, fields, only }: ConformOptions): Promise<number> {
  const suites = (await findSuites(services)).map(withHttpRows);
  const results = await runSuites(url, suites.map((suite) => selected(suite, only)), { fields });
  const failed = results.filter(({ faults }) => faults.length > 0);
  if (failed.length > 0) await print(Deno.stdout, failureTable(failed));
  await print(Deno.stdout, `${results.length - failed.length} rows passed, ${failed.length} failed\n`);
  return failed.length === 0 && results.length > 0 ? 0 : 1;
}

function selected({ themes, ...suite }: Suite, only = ""): Suite {
  return {
    ...suite,
    themes: themes.map(({ name, rows }) => ({
      name,
      rows: rows.filter((row) => `${suite.list} ${name}: ${row.name}`.includes(only)),
    })),
  };
}

function failureTable(failed: readonly RowResult[]): string {
  return textTable([
    ["LIST", "THEME", "ROW", "STATUSES", "FAULTS"],
    ...failed.map(({ list, theme, row, answered, faults }) => [
      list,
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

import { QUESTIONS } from "../../../payment_service/analytics/questions.ts";

/** Rows of a question, all columns as texts, and the time that it took. */
export interface Result {
  readonly name: string;
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  readonly milliseconds: number;
}

/** Used part of @duckdb/node-api. */
interface Duckdb {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}

interface Connection {
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Result["rows"] }>;
}

/** Not an import, so that the project neither downloads nor locks it: its native code takes 100 MB. */
const DUCKDB = "npm:@duckdb/node-api@1.5.6-r.1";

/** Data sets that the questions are about. */
const DATA_SETS = ["payments", "accounts"];

const USAGE = "Usage: ask.ts [--json] <folder of archway export> [question…]\n";

/** Asks questions about exported files, and prints results as tables or JSON. */
async function main(args: readonly string[]): Promise<number> {
  const isJson = args[0] === "--json";
  const [folder, ...names] = isJson ? args.slice(1) : args;
  const unknown = names.find((name) => !QUESTIONS.some((question) => question.name === name));
  if (folder === undefined || unknown !== undefined) {
    const known = `Questions: ${QUESTIONS.map(({ name }) => name).join(", ")}\n`;
    await print(Deno.stderr, `${unknown === undefined ? "" : `No question ${unknown}\n`}${USAGE}${known}`);
    return 2;
  }
  const views: string[] = [];
  for (const name of DATA_SETS) {
    const view = await viewOf(folder, name);
    if (view === undefined) {
      const remedy = `run archway export ${name} --to ${folder} once there are any`;
      await print(Deno.stderr, `${folder} has no ${name}; ${remedy}\n`);
      return 1;
    }
    views.push(view);
  }
  const { DuckDBInstance }: Duckdb = await import(DUCKDB);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  // Footers of files are read once, not for each question.
  await connection.runAndReadAll("set parquet_metadata_cache = true");
  for (const view of views) await connection.runAndReadAll(view);
  const results: Result[] = [];
  for (const { name, title, duckdb } of QUESTIONS) {
    if (names.length > 0 && !names.includes(name)) continue;
    const startedAt = performance.now();
    const rows = (await connection.runAndReadAll(duckdb)).getRowObjectsJson();
    const milliseconds = performance.now() - startedAt;
    results.push({ name, rows, milliseconds });
    if (!isJson) await print(Deno.stdout, `${title} (${milliseconds.toFixed(0)} ms)\n${table(rows)}\n`);
  }
  if (isJson) await print(Deno.stdout, JSON.stringify(results));
  return 0;
}

/**
 * Returns a view of the files that the manifest of a data set lists: others belong to exports that were killed. Undefined
 * if there is no manifest.
 */
async function viewOf(folder: string, name: string): Promise<string | undefined> {
  const text = await Deno.readTextFile(`${folder}/${name}/manifest.json`).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { files }: { readonly files: readonly { readonly path: string }[] } = JSON.parse(text);
  const paths = files.map(({ path }) => `'${`${folder}/${name}/${path}`.replaceAll("'", "''")}'`);
  return `create view ${name} as
    select * from read_parquet([${paths.join(", ")}], union_by_name = true, hive_partitioning = true)`;
}

const MAX_ROWS = 10;

function table(rows: Result["rows"]): string {
  const shown = rows.slice(0, MAX_ROWS);
  const lines = [
    Object.keys(rows[0] ?? {}),
    ...shown.map((row) => Object.values(row).map((value) => value ?? "")),
  ];
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  const text = lines.map((line) =>
    `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()
  );
  const more = rows.length > MAX_ROWS ? [`  … ${rows.length - MAX_ROWS} more rows`] : [];
  return [...text, ...more, ""].join("\n");
}

async function print(target: typeof Deno.stdout, text: string): Promise<void> {
  const writer = target.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}

if (import.meta.main) Deno.exit(await main(Deno.args));

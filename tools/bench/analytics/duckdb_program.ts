/** Rows of a query, and the time that it took. */
export interface DuckdbResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly milliseconds: number;
}

/** Used part of @duckdb/node-api. */
interface Duckdb {
  readonly DuckDBInstance: {
    create(path: string): Promise<{ connect(): Promise<Connection> }>;
  };
}

interface Connection {
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): readonly Readonly<Record<string, unknown>>[] }>;
}

/**
 * Runs queries on the data sets in a folder, each a view, and prints their results as JSON. It is a program of its own:
 * the package has native code, which other programs have no permission for.
 *
 * @param args Specifier of the package, folder of the data sets, and queries as a JSON array.
 */
async function main([specifier = "", folder = "", queries = "[]"]: readonly string[]): Promise<void> {
  const { DuckDBInstance }: Duckdb = await import(specifier);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  for await (const { name } of Deno.readDir(folder)) {
    await connection.runAndReadAll(await viewOf(folder, name));
  }
  const list: readonly string[] = JSON.parse(queries);
  const results: DuckdbResult[] = [];
  for (const query of list) {
    const startedAt = performance.now();
    const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
    results.push({ rows, milliseconds: performance.now() - startedAt });
  }
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(results)));
}

/** Returns a view of the files that the manifest of a data set lists. */
async function viewOf(folder: string, name: string): Promise<string> {
  const text = await Deno.readTextFile(`${folder}/${name}/manifest.json`);
  const { files }: { readonly files: readonly { readonly path: string }[] } = JSON.parse(text);
  const paths = files.map(({ path }) => `'${folder}/${name}/${path}'`.replaceAll("\\", "/"));
  return `create view ${name} as
    select * from read_parquet([${paths.join(", ")}], union_by_name = true, hive_partitioning = true)`;
}

if (import.meta.main) await main(Deno.args);

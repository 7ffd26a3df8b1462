import { join } from "node:path";
import type { DuckdbResult } from "./duckdb_program.ts";

const ROOT = join(import.meta.dirname ?? ".", "../../..");

/** Package with DuckDB, which is not in the lock file of the project: its native code takes 100 MB. */
const SPECIFIER = "npm:@duckdb/node-api@1.5.6-r.1";

/** Options of {@link runDuckdb}. */
export interface RunDuckdbOptions {
  readonly queries: readonly string[];
  /** Processor that it runs on. @default any */
  readonly processor?: number | undefined;
  /** Kills the process. */
  readonly signal?: AbortSignal;
}

/** Runs queries on the data sets in a folder with DuckDB, in a process of its own. */
export async function runDuckdb(
  folder: string,
  { queries, processor, signal }: RunDuckdbOptions,
): Promise<readonly DuckdbResult[]> {
  const { success, stdout, stderr } = await new Deno.Command(
    processor === undefined ? Deno.execPath() : "taskset",
    {
      args: [
        ...(processor === undefined ? [] : ["--cpu-list", String(processor), Deno.execPath()]),
        ...[
          "run",
          "--quiet",
          "--no-config",
          "--frozen",
          `--lock=${join(ROOT, "tools/bench/locks/duckdb.lock")}`,
        ],
        ...["--allow-ffi", "--allow-read", "--allow-env"],
        join(import.meta.dirname ?? ".", "duckdb_program.ts"),
        ...[SPECIFIER, folder, JSON.stringify(queries)],
      ],
      stdin: "null",
      ...(signal !== undefined && { signal }),
    },
  ).output();
  if (!success) throw new Error(`DuckDB failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

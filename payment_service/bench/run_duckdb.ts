import { join } from "node:path";
import type { Result } from "../../docs/examples/analytics/ask.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Options of {@link runDuckdb}. */
export interface RunDuckdbOptions {
  /** Names of questions. @default all */
  readonly names?: readonly string[];
  /** Processor that it runs on. @default any */
  readonly processor?: number | undefined;
  /** Kills the process. */
  readonly signal?: AbortSignal;
}

/** Asks questions about the data sets in a folder by the example of the guide, in a process of its own. */
export async function runDuckdb(
  folder: string,
  { names = [], processor, signal }: RunDuckdbOptions = {},
): Promise<readonly Result[]> {
  const lock = join(ROOT, "tools/bench/locks/duckdb.lock");
  const [command = "", ...args] = [
    ...(processor === undefined ? [] : ["taskset", "--cpu-list", String(processor)]),
    ...[Deno.execPath(), "run", "--quiet", "--no-config", "--frozen", `--lock=${lock}`],
    ...["--allow-ffi", "--allow-read", "--allow-env"],
    ...[join(ROOT, "docs/examples/analytics/ask.ts"), "--json", folder, ...names],
  ];
  const options = { args, stdin: "null", ...(signal !== undefined && { signal }) } as const;
  const { success, stdout, stderr } = await new Deno.Command(command, options).output();
  if (!success) throw new Error(`DuckDB failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

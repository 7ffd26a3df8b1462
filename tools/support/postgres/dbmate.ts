import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/** Result of a run of dbmate. */
export interface DbmateResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Database and migrations of dbmate. */
export interface DbmateOptions {
  /** Must be reachable over TCP. */
  readonly instance: InstanceConfig;
  readonly directory: string;
}

/** Runs the real dbmate, e.g. `dbmate(["up"], …)`, downloaded on first use with its own lock file. */
export async function dbmate(
  args: readonly string[],
  { instance, directory }: DbmateOptions,
): Promise<DbmateResult> {
  const { host, port, user, database } = instance;
  const url = `postgres://${user}@${host}:${port}/${database}?sslmode=disable`;
  return await output(await locate(), [
    ...["--url", url, "--no-dump-schema", "--migrations-dir", directory],
    ...args,
  ]);
}

async function locate(): Promise<string> {
  const platform = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  const here = import.meta.dirname ?? ".";
  const lock = join(here, "locks", `dbmate-${platform}.lock`);
  const { specifiers }: { readonly specifiers: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(lock),
  );
  const { code, stdout, stderr } = await output(Deno.execPath(), [
    ...["run", "--quiet", "--no-config", "--frozen", "--allow-read", "--allow-env", `--lock=${lock}`],
    ...[join(here, "locate_dbmate.ts"), ...Object.keys(specifiers)],
  ]);
  if (code !== 0) throw new Error(`Downloading dbmate for ${platform} failed: ${stderr}`);
  return fileURLToPath(stdout);
}

async function output(program: string, args: string[]): Promise<DbmateResult> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

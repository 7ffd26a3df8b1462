import { runDeno } from "./run_deno.ts";

/**
 * Returns the user-facing reason why a lock file is stale; undefined if it is not. It must match deno.json. Downloads
 * the packages, and rejects those with another hash.
 */
export async function staleLock(project: string): Promise<string | undefined> {
  const { code, stderr } = await runDeno(["install", "--frozen"], { cwd: project });
  return code === 0 ? undefined : `deno.lock: ${reason(stderr)}`;
}

/** Returns the first line that is not progress. */
function reason(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "" && !/^(?:Download|Initialize) /.test(line)) ?? "";
}

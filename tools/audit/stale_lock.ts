import { runDeno } from "./run_deno.ts";

/**
 * Why the lock file of a project is not what deno.json asks for, for people; undefined: it is. What it names is
 * downloaded, and refused where it has another hash.
 */
export async function staleLock(project: string): Promise<string | undefined> {
  const { code, stderr } = await runDeno(["install", "--frozen"], { cwd: project });
  return code === 0 ? undefined : `deno.lock: ${firstLine(stderr)}`;
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}

import { basename, join } from "node:path";
import { auditProject } from "./audit_project.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Returns the lock files in the folders `locks/` of tools: of packages for tests, by platform, and for benchmarks. */
async function locksOfTools(folder = "tools"): Promise<readonly string[]> {
  const locks: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = join(folder, name);
    if (isDirectory) locks.push(...await locksOfTools(path));
    else if (basename(folder) === "locks") locks.push(path);
  }
  return locks.toSorted();
}

const { findings, unknown, packages } = await auditProject({ cwd: ROOT }, await locksOfTools());
const result = findings.length === 0
  ? unknown.length === 0 ? "nothing found" : "nothing found in what could be checked"
  : `${findings.length} findings`;
const lines = [...unknown.map((line) => `Unknown: ${line}`), ...findings, `${packages} packages: ${result}`];
await Deno.stdout.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
Deno.exitCode = findings.length === 0 ? 0 : 1;

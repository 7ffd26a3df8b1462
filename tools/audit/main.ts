import { join } from "node:path";
import { auditProject } from "./audit_project.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Returns the lock files of packages for tests by platform, `tools/<tool>/locks/`. */
async function locksOfTools(): Promise<readonly string[]> {
  const locks: string[] = [];
  for await (const { name: tool, isDirectory } of Deno.readDir(join(ROOT, "tools"))) {
    const folder = join("tools", tool, "locks");
    if (!isDirectory || !await Deno.stat(join(ROOT, folder)).then(() => true, () => false)) continue;
    for await (const { name } of Deno.readDir(join(ROOT, folder))) locks.push(join(folder, name));
  }
  return locks.toSorted();
}

const { findings, unknown, packages } = await auditProject({ cwd: ROOT }, await locksOfTools());
const result = findings.length === 0 ? "nothing found" : `${findings.length} findings`;
const lines = [...unknown.map((line) => `Unknown: ${line}`), ...findings, `${packages} packages: ${result}`];
await Deno.stdout.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
Deno.exitCode = findings.length === 0 ? 0 : 1;

import { join } from "node:path";
import { auditProject } from "./audit_project.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Packages that only tests need, and that are for one platform each. */
const LOCKS = "tools/postgres/locks";

const locks: string[] = [];
for await (const { name } of Deno.readDir(join(ROOT, LOCKS))) locks.push(`${LOCKS}/${name}`);
const { faults, unknown, packages } = await auditProject({ cwd: ROOT }, locks.toSorted());
const result = faults.length === 0 ? "nothing found" : `${faults.length} faults`;
const lines = [...unknown.map((line) => `Not known: ${line}`), ...faults, `${packages} packages: ${result}`];
await Deno.stdout.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
Deno.exitCode = faults.length === 0 ? 0 : 1;

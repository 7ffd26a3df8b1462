import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { LockError } from "./platform/platform_lock.ts";
import { upgradeProject } from "./platform/upgrade_project.ts";
import { upgradeReport } from "./platform/upgrade_report.ts";
import { runTask } from "./run_task.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const USAGE =
  "Usage: deno task upgrade <newer template: a checkout, or a git repository[#tag]> [--dry-run]\n";

/** `deno task upgrade <template>`: replaces the platform by that of a newer template. */
async function main(args: readonly string[]): Promise<number> {
  const dryRun = args.includes("--dry-run");
  const [template, ...rest] = args.filter((argument) => argument !== "--dry-run");
  if (template === undefined || rest.length > 0 || template.startsWith("-")) {
    await print(Deno.stderr, USAGE);
    return 2;
  }
  const upgrade = await upgradeProject(ROOT, { template, dryRun });
  await print(Deno.stdout, upgradeReport(upgrade, { dryRun }));
  return 0;
}

if (import.meta.main) await runTask(main, { expected: [LockError] });

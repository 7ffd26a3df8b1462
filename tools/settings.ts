import { join } from "node:path";
import { allSettings } from "@archway/config/settings_table.ts";
import { project } from "../config.ts";
import { services } from "../services.ts";
import { printsUsage } from "./run_task.ts";
import { readTree } from "./check/source_tree.ts";
import { settingsFiles } from "./settings/settings_files.ts";
import { staleSettings } from "./settings/stale_settings.ts";
import { unlistedSettings } from "./settings/unlisted_settings.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

/** `deno task settings`: writes what follows from the table of settings; with --check reports what differs. */
async function main(args: readonly string[]): Promise<number> {
  const files = await settingsFiles(ROOT, { ...project, services });
  if (args[0] === "--check") {
    const { texts } = await readTree(ROOT);
    const listed = { settings: allSettings(services), services: services.map(({ name }) => name) };
    const findings = [...files.flatMap(staleSettings), ...unlistedSettings(texts, listed)];
    await Deno.stderr.write(new TextEncoder().encode(findings.map((finding) => `${finding}\n`).join("")));
    return findings.length === 0 ? 0 : 1;
  }
  for (const { path, text, wanted } of files) {
    if (text !== wanted) await Deno.writeTextFile(join(ROOT, path), wanted);
  }
  return 0;
}

if (import.meta.main && !await printsUsage("deno task settings [--check]", { accepted: ["--check"] })) {
  Deno.exitCode = await main(Deno.args);
}

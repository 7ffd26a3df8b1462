import { join } from "node:path";
import { allSettings } from "@archway/config/settings_table.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { bannedWordsBelow } from "./check/banned_words.ts";
import { environmentReaders } from "./check/environment_rule.ts";
import { staleGeneratedFiles } from "./check/generated_files.ts";
import { brokenLayers } from "./check/layer_rule.ts";
import { reportedMigrations } from "./check/migration_rule.ts";
import { importedOmissions } from "./check/omission_rule.ts";
import { unboundPackages } from "./check/package_rule.ts";
import { unregistered } from "./check/registration_rule.ts";
import { brokenRoomRules } from "./check/room_rules.ts";
import { namedServices } from "./check/service_names_rule.ts";
import { readTree, type SourceTree } from "./check/source_tree.ts";
import { misspelledImports } from "./check/spelling_rule.ts";
import { foreignRelations } from "./check/sql_rule.ts";
import { undeclaredTablesOf } from "./check/table_rule.ts";
import { changedPlatformFiles, lockedPlatformFiles } from "./platform/changed_files.ts";
import { readOmissions } from "./platform/omissions.ts";
import { declaredTables } from "./settings/table_declarations.ts";
import { staleArtifacts } from "./oapi_codegen/artifacts.ts";
import { GenerationError } from "./oapi_codegen/diagnostics/diagnostics.ts";

/** Checks a tree by all rules except format, lint and types. Returns a line for every violation. */
export async function checkTree(root: string): Promise<readonly string[]> {
  const tree = await readTree(root);
  return [
    ...checkRules(tree, await lockedPlatformFiles(root)),
    ...importedOmissions(tree.files, await readOmissions(root)),
    ...await reportedMigrations(tree.texts),
    ...await bannedWordsBelow(root),
    ...await changedPlatformFiles(root),
    ...await generatedViolations(root),
    ...await staleArtifacts(root),
    ...await undeclared(root),
  ];
}

/** Checks a parsed tree, except for generated files. */
function checkRules(tree: SourceTree, locked: ReadonlySet<string>): readonly string[] {
  return [
    ...new Set([
      ...brokenRoomRules(tree.files),
      ...misspelledImports(tree),
      ...unboundPackages(tree),
      ...brokenLayers(tree.files),
      ...foreignRelations(tree),
      ...unregistered(tree),
      ...namedServices(tree, locked),
      ...environmentReaders(tree.files),
    ]),
  ];
}

async function undeclared(root: string): Promise<readonly string[]> {
  // Imports generated code, so only here.
  const { services }: { readonly services: readonly ServiceModule[] } = await import("../services.ts");
  const settings = allSettings(services).map(({ name }) => name);
  return await undeclaredTablesOf(root, declaredTables(services), { settings });
}

async function generatedViolations(root: string): Promise<readonly string[]> {
  try {
    return await staleGeneratedFiles(root);
  } catch (error) {
    if (error instanceof GenerationError) return error.message.split("\n");
    throw error;
  }
}

if (import.meta.main) {
  const violations = await checkTree(join(import.meta.dirname ?? ".", ".."));
  const text = violations.length === 0
    ? "Generated files up to date, import boundaries respected\n"
    : violations.map((violation) => `${violation}\n`).join("");
  await Deno.stderr.write(new TextEncoder().encode(text));
  Deno.exitCode = violations.length === 0 ? 0 : 1;
}

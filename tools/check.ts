import { join } from "node:path";
import { environmentReaders } from "./check/environment_rule.ts";
import { staleGeneratedFiles } from "./check/generated_files.ts";
import { readImportGraph } from "./check/import_graph.ts";
import { brokenImportRules } from "./check/import_rules.ts";
import { GenerationError } from "./oapi_codegen/fault.ts";

/** What `deno task check` proves besides format, lint and types. Gives a line for every fault. */
export async function checkTree(root: string): Promise<readonly string[]> {
  const graph = await readImportGraph(root);
  return [
    ...brokenImportRules(graph),
    ...await environmentReaders(root, graph.keys()),
    ...await generatedFaults(root),
  ];
}

async function generatedFaults(root: string): Promise<readonly string[]> {
  try {
    return await staleGeneratedFiles(root);
  } catch (error) {
    if (error instanceof GenerationError) return error.message.split("\n");
    throw error;
  }
}

if (import.meta.main) {
  const faults = await checkTree(join(import.meta.dirname ?? ".", ".."));
  const text = faults.length === 0
    ? "Generated files and boundaries: as they should be\n"
    : faults.map((fault) => `${fault}\n`).join("");
  await Deno.stderr.write(new TextEncoder().encode(text));
  Deno.exitCode = faults.length === 0 ? 0 : 1;
}

import { listedModules } from "./services_list.ts";
import type { SourceTree } from "./source_tree.ts";

/**
 * Returns a line for every environment variable that a listed service reads and that the program may not: `environment`
 * of its module has names and prefixes such as `NATS_*`, and deno.json grants them.
 */
export function ungrantedVariables({ texts }: SourceTree): readonly string[] {
  const { permissions }: Manifest = JSON.parse(texts.get("deno.json") ?? "{}");
  const granted = permissions?.default?.env?.allow ?? [];
  return (listedModules(texts) ?? []).flatMap((path) =>
    variablesOf(texts.get(path) ?? "").filter((variable) => !granted.some((grant) => covers(grant, variable)))
      .map((variable) => `deno.json: permissions.default.env.allow lacks "${variable}", which ${path} names`)
  );
}

interface Manifest {
  readonly permissions?: { readonly default?: { readonly env?: { readonly allow?: readonly string[] } } };
}

function variablesOf(text: string): readonly string[] {
  const [, list = ""] = /\benvironment:\s*\[([^\]]*)\]/.exec(text) ?? [];
  return [...list.matchAll(/"([A-Z][A-Z0-9_]*\*?)"/g)].map(([, name = ""]) => name);
}

function covers(grant: string, variable: string): boolean {
  return grant === variable || (grant.endsWith("*") && variable.startsWith(grant.slice(0, -1)));
}

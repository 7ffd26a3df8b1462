import type { DiagnosticList } from "./diagnostics.ts";
import { isIdentifier } from "./identifiers.ts";
import { entries, type Located } from "./json_value.ts";
import type { OperationModel } from "./model.ts";

/** Returns the exported type name of a component schema. Characters invalid in identifiers become `_`. */
export function schemaAlias(name: string): string {
  return name.replaceAll(/[^\w$]/g, "_");
}

/**
 * Returns the alias declarations of all component schemas. Adds diagnostics for invalid type names and for conflicts
 * with each other or with the types of operations.
 */
export function schemaAliases(
  document: Located,
  { operations, diagnostics }: { operations: readonly OperationModel[]; diagnostics: DiagnosticList },
): string {
  const taken = new Set(operations.flatMap(({ typeName }) => [`${typeName}Request`, `${typeName}Response`]));
  const lines: string[] = [];
  const components: Located = { value: document.value, pointer: "" };
  for (const [, group] of [...entries(components, "components")].filter(([name]) => name === "schemas")) {
    for (const [name, { pointer }] of entries(group)) {
      const alias = schemaAlias(name);
      if (!isIdentifier(alias)) {
        diagnostics.add(pointer, "The schema's name is not a valid TypeScript type name; rename it");
      }
      if (taken.has(alias)) {
        diagnostics.add(pointer, `Another generated type is named ${alias}; rename the schema`);
      }
      taken.add(alias);
      lines.push(`export type ${alias} = components["schemas"][${JSON.stringify(name)}];`);
    }
  }
  return lines.join("\n");
}

import type { DiagnosticList } from "./diagnostics.ts";
import { isIdentifier } from "./identifiers.ts";
import { entries, type Located } from "./json_value.ts";
import type { OperationModel } from "./model.ts";

/** The exported type of a component schema: its name, with `_` for what an identifier cannot have. */
export function schemaAlias(name: string): string {
  return name.replaceAll(/[^\w$]/g, "_");
}

/**
 * The alias declarations of all component schemas. Names that cannot be types, or are taken by an operation's types
 * or by each other, are noted as diagnostics.
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
        diagnostics.add(pointer, "The schema's name cannot be a type in TypeScript; rename it");
      }
      if (taken.has(alias)) {
        diagnostics.add(pointer, `Another generated type is called ${alias} too; rename the schema`);
      }
      taken.add(alias);
      lines.push(`export type ${alias} = components["schemas"][${JSON.stringify(name)}];`);
    }
  }
  return lines.join("\n");
}

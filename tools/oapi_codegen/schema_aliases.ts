import { isIdentifier } from "./identifiers.ts";
import { entries, type Located } from "./json_value.ts";
import type { OperationModel } from "./model.ts";

/** Global types that the generated code uses; a schema of the same name would hide them. */
const USED_TYPES = ["Promise", "RequestContext", "Uint8Array", "ReadableStream", "File", "Partial"];

/** Exported type names of component schemas. */
export class SchemaAliases {
  readonly #aliases = new Map<string, string>();

  /**
   * @param document Document with the schemas.
   * @param operations Operations, whose types have precedence.
   * @param suffix Suffix of a name that is taken or invalid.
   */
  constructor(document: Located, operations: readonly OperationModel[], suffix: string) {
    const taken = new Set([
      ...USED_TYPES,
      ...operations.flatMap(({ typeName }) => [`${typeName}Request`, `${typeName}Response`]),
    ]);
    const isFree = (alias: string): boolean => isIdentifier(alias) && !taken.has(alias);
    for (const [, group] of [...entries(document, "components")].filter(([name]) => name === "schemas")) {
      for (const [name] of entries(group)) {
        const plain = name.replaceAll(/[^\w$]/g, "_").replace(/^(?=\d)/, "_");
        let alias = isFree(plain) ? plain : `${plain}${suffix}`;
        for (let number = 2; !isFree(alias); number++) alias = `${plain}${suffix}${number}`;
        taken.add(alias);
        this.#aliases.set(name, alias);
      }
    }
  }

  /** Returns the exported type name of a component schema. */
  of(name: string): string {
    return this.#aliases.get(name) ?? name;
  }

  /** Declarations of all of them. */
  get declarations(): string {
    return [...this.#aliases].map(([name, alias]) =>
      `export type ${alias} = components["schemas"][${JSON.stringify(name)}];`
    ).join("\n");
  }
}

import { isIdentifier, pascalCase } from "./identifiers.ts";
import { entries, escapeToken, type Located, unescapeToken } from "./json_value.ts";
import type { OperationModel } from "./model.ts";

/** Global types that the generated code uses; a schema of the same name would hide them. */
const USED_TYPES = ["Promise", "RequestContext", "Uint8Array", "ReadableStream", "File", "Partial"];

/** Exported type names of component schemas, and of other schemas that are referenced, by pointer. */
export class SchemaAliases {
  readonly #aliases = new Map<string, string>();
  readonly #taken: Set<string>;

  /**
   * @param document Document with the schemas.
   * @param operations Operations, whose types have precedence.
   * @param suffix Suffix of a name that is taken or invalid.
   */
  constructor(document: Located, operations: readonly OperationModel[], readonly suffix: string) {
    this.#taken = new Set([
      ...USED_TYPES,
      ...operations.flatMap(({ typeName }) => [`${typeName}Request`, `${typeName}Response`]),
    ]);
    for (const [, group] of [...entries(document, "components")].filter(([name]) => name === "schemas")) {
      for (const [name] of entries(group)) {
        this.#add(`/components/schemas/${escapeToken(name)}`, name);
      }
    }
  }

  /** Returns the exported type name of a schema. */
  of(pointer: string): string {
    const words = pointer.split("/").slice(1).map(unescapeToken)
      .filter((word) => word !== "components" && word !== "paths" && word !== "schemas");
    return this.#aliases.get(pointer) ?? this.#add(pointer, pascalCase(words.join(" ")));
  }

  /** Yields pointers and names, including those added during the iteration. */
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#aliases.entries();
  }

  #add(pointer: string, name: string): string {
    const isFree = (alias: string): boolean => isIdentifier(alias) && !this.#taken.has(alias);
    const plain = name.replaceAll(/[^\w$]/g, "_").replace(/^(?=\d)/, "_");
    let alias = isFree(plain) ? plain : `${plain}${this.suffix}`;
    for (let number = 2; !isFree(alias); number++) alias = `${plain}${this.suffix}${number}`;
    this.#taken.add(alias);
    this.#aliases.set(pointer, alias);
    return alias;
  }
}

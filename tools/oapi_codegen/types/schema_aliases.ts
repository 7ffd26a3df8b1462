import type { ConfigEntry } from "../config/config_reader.ts";
import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { isIdentifier, pascalCase } from "./identifiers.ts";
import { child, entries, escapeToken, type Located, unescapeToken } from "../document/json_value.ts";
import type { OperationModel } from "../operations/model.ts";

/** Global types that the generated code uses; a schema of the same name would hide them. */
const USED_TYPES = ["Promise", "RequestContext", "Uint8Array", "ReadableStream", "File", "Partial"];

/** Options of the names. */
export interface SchemaAliasesOptions {
  readonly suffix: string;
  /** Names by component. */
  readonly given: ReadonlyMap<string, ConfigEntry>;
  readonly diagnostics: DiagnosticList;
}

/** Exported type names of component schemas, and of other schemas that are referenced, by pointer. */
export class SchemaAliases {
  readonly #aliases = new Map<string, string>();
  readonly #taken: Set<string>;
  readonly #suffix: string;

  /**
   * @param document Document with the schemas.
   * @param operations Operations, whose types have precedence.
   * @param options Suffix of a name that is taken or invalid, and names in place of those of components.
   */
  constructor(document: Located, operations: readonly OperationModel[], options: SchemaAliasesOptions) {
    this.#suffix = options.suffix;
    this.#taken = new Set([
      ...USED_TYPES,
      ...operations.flatMap(({ typeName }) => [`${typeName}Request`, `${typeName}Response`]),
    ]);
    const components = child(document, "components") ?? document;
    const names = [...entries(components, "schemas")].map(([name]) => name);
    this.#addGiven(names, options);
    for (const name of names) {
      const pointer = `/components/schemas/${escapeToken(name)}`;
      if (!this.#aliases.has(pointer)) this.#add(pointer, name);
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

  #addGiven(names: readonly string[], { given, diagnostics }: SchemaAliasesOptions): void {
    for (const [name, { text, place }] of given) {
      if (!names.includes(name)) {
        diagnostics.warnAt(place, `No schema is called ${name}; correct or remove it`);
      } else if (!isIdentifier(text) || this.#taken.has(text)) {
        diagnostics.addAt(place, "Expected a type name that nothing else has");
      } else {
        this.#taken.add(text);
        this.#aliases.set(`/components/schemas/${escapeToken(name)}`, text);
      }
    }
  }

  #add(pointer: string, name: string): string {
    const isFree = (alias: string): boolean => isIdentifier(alias) && !this.#taken.has(alias);
    const plain = name.replaceAll(/[^\w$]/g, "_").replace(/^(?=\d)/, "_");
    let alias = isFree(plain) ? plain : `${plain}${this.#suffix}`;
    for (let number = 2; !isFree(alias); number++) alias = `${plain}${this.#suffix}${number}`;
    this.#taken.add(alias);
    this.#aliases.set(pointer, alias);
    return alias;
  }
}

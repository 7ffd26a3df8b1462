import { type Located, member, unescapeToken } from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { documentSchemas } from "../../oapi_codegen/schemas/document_schemas.ts";
import { schemasInBranches } from "../../oapi_codegen/schemas/default_rules.ts";
import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import { WITH_REQUIRED } from "../../oapi_codegen/types/schema_types.ts";
import { TypeTexts } from "../../oapi_codegen/types/type_texts.ts";
import { spelled, wordsOf } from "./resource_names.ts";

/** Type of structured values, for the domain. */
export interface ValueType {
  readonly name: string;
  /** Declaration without comments. */
  readonly text: string;
}

/** Returns whether the default of a property is applied to requests, by its pointer. */
export function appliedDefaults(
  operations: readonly OperationModel[],
  references: References,
): (pointer: string) => boolean {
  const inBranches = schemasInBranches(documentSchemas(operations, references), references);
  return (pointer) =>
    member(references.at(pointer)?.value, "default") !== undefined && !inBranches.has(pointer);
}

/**
 * Types of the structured values of a resource. They are those of the generated code, under names of their own, because
 * the domain does not depend on the API.
 */
export class ValueTypes {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #texts: TypeTexts;
  readonly #columns: ValueType[] = [];
  readonly #prefix: string;

  /** @param prefix Name of the resource's type, with which all names begin. */
  constructor(
    readonly references: References,
    { prefix, hasDefault }: { readonly prefix: string; readonly hasDefault: (pointer: string) => boolean },
  ) {
    this.#prefix = prefix;
    // Names of types that the domain has anyway.
    for (const name of ["", "Input", "ErrorCode"]) this.#taken.add(`${prefix}${name}`);
    this.#texts = new TypeTexts({
      ...{ references, hasDefault, int64: "number", binaryUses: new Map() },
      nameOf: (pointer) => this.#nameOf(pointer),
    });
  }

  /** Returns the name of the type of a property, which is declared with the others. */
  of(property: string, schemas: readonly Located[]): string {
    const text = schemas.map((schema) => plain(this.#texts.of(schema).text)).join(" & ");
    if ([...this.#names.values()].includes(text)) return text;
    const name = this.#unique(property);
    this.#columns.push({ name, text });
    return name;
  }

  /** Returns all types, those of properties first. */
  all(): readonly ValueType[] {
    const found = [...this.#columns];
    // The names grow on the way.
    for (const [pointer, name] of this.#names) {
      const schema = this.references.at(pointer);
      if (schema !== undefined) found.push({ name, text: plain(this.#texts.of(schema).text) });
    }
    return found;
  }

  #nameOf(pointer: string): string {
    const known = this.#names.get(pointer);
    if (known !== undefined) return known;
    const words = pointer.split("/").slice(1).map(unescapeToken).filter((word) =>
      !["components", "schemas", "paths"].includes(word)
    );
    const name = this.#unique(words.join("-"));
    this.#names.set(pointer, name);
    return name;
  }

  #unique(words: string): string {
    const base = `${this.#prefix}${spelled(wordsOf(words) || "value").pascal}`;
    let name = base;
    for (let count = 2; this.#taken.has(name); count++) name = `${base}${count}`;
    this.#taken.add(name);
    return name;
  }
}

/** Returns the file with the types of structured values. */
export function valueTypesText(types: readonly ValueType[], one: string): string {
  const text = types.map(({ name, text }) => `export type ${name} = ${text};\n`).join("\n");
  const helper = text.includes("WithRequired<") ? `${WITH_REQUIRED}\n` : "";
  return `// Structured values of ${one}, as the document describes them. They are stored as JSON.

${helper}${text}`;
}

/** Removes the comments, which are the document's own prose. */
function plain(text: string): string {
  return text.replaceAll(/^ *\/\*\*[^]*?\*\/\n/gm, "");
}

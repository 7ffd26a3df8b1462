import type { ConfigEntry } from "../config/config_reader.ts";
import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { isIdentifier, pascalCase } from "../types/identifiers.ts";
import { type Located, textMember } from "../document/json_value.ts";
import type { References } from "../document/references.ts";

/** Operation of a document, before it is read. */
export interface NamedOperation {
  readonly method: string;
  /** Path as the document has it. */
  readonly written: string;
  /** Path that is served. */
  readonly path: string;
  readonly operation: Located;
}

/**
 * Names operations in generated code: by their operationId if it is an identifier, else by its words, else by method and
 * path, as in `getPetsByPetId`. A name that is taken gets a number. Given names precede all others. The document keeps what
 * is written.
 */
export class OperationNames {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  constructor(
    operations: readonly NamedOperation[],
    { references: { diagnostics }, given }: {
      readonly references: References;
      readonly given: ReadonlyMap<string, ConfigEntry>;
    },
  ) {
    const ids = new Map<string, string>();
    for (const { operation } of operations) {
      const id = textMember(operation.value, "operationId");
      if (id === undefined) continue;
      const at = `${operation.pointer}/operationId`;
      // A path may refer to the item of another: both have the same operation.
      if (ids.has(id) && ids.get(id) !== at) {
        diagnostics.add(at, "Another operation has this operationId; it must be unique");
      }
      ids.set(id, at);
    }
    this.#addGiven(operations, { diagnostics, given });
    // Identifiers come first, so that no derived name takes theirs.
    const written = (item: NamedOperation): boolean =>
      isUsable(textMember(item.operation.value, "operationId"));
    const others = operations.filter((item) => !this.#names.has(keyOf(item)));
    for (const item of [...others.filter(written), ...others.filter((item) => !written(item))]) {
      this.#names.set(keyOf(item), this.#unique(nameOf(item)));
    }
  }

  #addGiven(
    operations: readonly NamedOperation[],
    { diagnostics, given }: {
      readonly diagnostics: DiagnosticList;
      readonly given: ReadonlyMap<string, ConfigEntry>;
    },
  ): void {
    for (const [key, { text, place }] of given) {
      const item = operations.find(({ method, written, operation }) =>
        key === textMember(operation.value, "operationId") || key === `${method.toUpperCase()} ${written}`
      );
      if (item === undefined) {
        diagnostics.warnAt(place, `No operation is called ${key}; correct or remove it`);
      } else if (!isUsable(text)) diagnostics.addAt(place, "Expected an identifier such as getPet");
      else if (this.#unique(text) !== text) diagnostics.addAt(place, "Another operation has this name");
      else this.#names.set(keyOf(item), text);
    }
  }

  /** Returns the name of an operation. */
  of(operation: NamedOperation): string {
    return this.#names.get(keyOf(operation)) ?? "";
  }

  /** Type names differ in more than case, which file systems and readers may overlook. */
  #unique(name: string): string {
    let unique = name;
    for (let number = 2; this.#taken.has(pascalCase(unique).toLowerCase()); number++) {
      unique = `${name}${number}`;
    }
    this.#taken.add(pascalCase(unique).toLowerCase());
    return unique;
  }
}

function keyOf({ method, written }: NamedOperation): string {
  return `${method} ${written}`;
}

function nameOf({ method, written, operation }: NamedOperation): string {
  const id = textMember(operation.value, "operationId");
  if (isUsable(id)) return id;
  const words = id === undefined ? "" : camelCase(id);
  const name = /^[A-Za-z]/.test(words) ? words : camelCase(`${method} ${written.replaceAll("{", "by {")}`);
  return isIdentifier(name) ? name : `${name}Operation`;
}

function isUsable(id: string | undefined): id is string {
  return id !== undefined && isIdentifier(id) && pascalCase(id) !== "";
}

function camelCase(text: string): string {
  const name = pascalCase(text);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

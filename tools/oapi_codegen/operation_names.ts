import { isIdentifier, pascalCase } from "./identifiers.ts";
import { type Located, textMember } from "./json_value.ts";
import type { References } from "./references.ts";

/** Operation of a document, before it is read. */
export interface NamedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Located;
}

/**
 * Names operations in generated code: by their operationId if it is an identifier, else by its words, else by method and
 * path, as in `getPetsByPetId`. A name that is taken gets a number. The document keeps what is written.
 */
export class OperationNames {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  constructor(operations: readonly NamedOperation[], { diagnostics }: References) {
    const ids = new Map<string, string>();
    for (const { operation } of operations) {
      const id = textMember(operation.value, "operationId");
      if (id === undefined) continue;
      const at = `${operation.pointer}/operationId`;
      if (ids.has(id)) diagnostics.add(at, "Another operation has this operationId; it must be unique");
      ids.set(id, at);
    }
    // Identifiers come first, so that no derived name takes theirs.
    const written = (item: NamedOperation): boolean =>
      isUsable(textMember(item.operation.value, "operationId"));
    for (const item of [...operations.filter(written), ...operations.filter((item) => !written(item))]) {
      this.#names.set(item.operation.pointer, this.#unique(nameOf(item)));
    }
  }

  /** Returns the name of an operation. */
  of(operation: Located): string {
    return this.#names.get(operation.pointer) ?? "";
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

function nameOf({ method, path, operation }: NamedOperation): string {
  const id = textMember(operation.value, "operationId");
  if (isUsable(id)) return id;
  const words = id === undefined ? "" : camelCase(id);
  const name = /^[A-Za-z]/.test(words) ? words : camelCase(`${method} ${path.replaceAll("{", "by {")}`);
  return isIdentifier(name) ? name : `${name}Operation`;
}

function isUsable(id: string | undefined): id is string {
  return id !== undefined && isIdentifier(id) && pascalCase(id) !== "";
}

function camelCase(text: string): string {
  const name = pascalCase(text);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

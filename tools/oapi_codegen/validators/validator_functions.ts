import { isArray, isObject, type JsonObject, unescapeToken } from "../document/json_value.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import { pascalCase } from "../types/identifiers.ts";
import type { ValidatorModuleContent } from "./validator_module.ts";

/** Schema of a validator that operations use. */
export interface ExportedSchema {
  /** Id for Ajv: the purpose and the pointer of the schema, or the exported name. */
  readonly id: string;
  readonly pointer: string;
  /** Whether it is declared by the operation that exports it. */
  readonly isOwn: boolean;
}

/**
 * Names and orders the functions of a module by the document alone. A schema that belongs to an operation has the name
 * that the operation exports. Shared schemas are named by their pointers, and operations export aliases of them.
 *
 * @param exported schemas by exported name, in the order of the operations
 * @param called ids of the schemas that others refer to
 */
export function validatorFunctions(
  root: JsonValue,
  { exported, called }: { exported: ReadonlyMap<string, ExportedSchema>; called: Iterable<string> },
): ValidatorModuleContent {
  const names = new Map<string, string>();
  const pointers = new Map<string, string>();
  for (const [name, { id, pointer, isOwn }] of exported) {
    pointers.set(id, pointer);
    if (isOwn && !names.has(id)) names.set(id, name);
  }
  for (const id of called) pointers.set(id, decodeURIComponent(id.slice(id.indexOf(":") + 1)));
  const position = documentPositions(root);
  const ordered = [...pointers].map(([id, pointer]) => ({ id, pointer, at: position(pointer) }))
    .toSorted((left, right) => comparePositions(left.at, right.at) || (left.id < right.id ? -1 : 1));
  const taken = new Set(exported.keys());
  const functions = ordered.map(({ id, pointer }) => {
    const own = names.get(id);
    const name = own ?? freeName(sharedName(id), taken);
    names.set(id, name);
    taken.add(name);
    return { id, pointer, name, isExported: own !== undefined };
  });
  const aliases = [...exported].filter(([name, { id }]) => names.get(id) !== name);
  return { functions, aliases: new Map(aliases.map(([name, { id }]) => [name, names.get(id) ?? ""])) };
}

/** Returns the name of a shared schema, e.g. `schemaPet` for `schema:/components/schemas/Pet`. */
function sharedName(id: string): string {
  const colon = id.indexOf(":");
  const pointer = decodeURIComponent(id.slice(colon + 1)).replace(/^\/components\/schemas\//, "");
  return `${id.slice(0, colon)}${pascalCase(pointer.split("/").map(unescapeToken).join(" "))}`;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? freeName(`${name}_`, taken) : name;
}

/** Returns a function that finds the position of a pointer's target: its index on each level of the document. */
function documentPositions(root: JsonValue): (pointer: string) => readonly number[] {
  const indexes = new Map<JsonObject, ReadonlyMap<string, number>>();
  const indexOf = (object: JsonObject, key: string): number => {
    const known = indexes.get(object) ?? new Map(Object.keys(object).map((name, index) => [name, index]));
    indexes.set(object, known);
    return known.get(key) ?? -1;
  };
  return function position(pointer): readonly number[] {
    let value: JsonValue | undefined = root;
    return pointer.split("/").slice(1).map(unescapeToken).map((token) => {
      const parent: JsonValue | undefined = value;
      if (isArray(parent)) value = parent[Number(token)];
      else value = isObject(parent) ? parent[token] : undefined;
      return isObject(parent) ? indexOf(parent, token) : Number(token);
    });
  };
}

function comparePositions(left: readonly number[], right: readonly number[]): number {
  for (const [level, index] of left.entries()) {
    const other = right[level];
    if (other === undefined) return 1;
    if (index !== other) return index - other;
  }
  return left.length - right.length;
}

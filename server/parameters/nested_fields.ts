import type { Shape } from "../operation.ts";
import { MalformedTextError, memberShape } from "./decode_text.ts";

/** Values of a field, and of the fields below it: `a[b]=1` is the member `b` of `a`. */
export interface Field<T> {
  readonly values: T[];
  /** Created for the first member, since most fields have none. */
  members: Map<string, Field<T>> | undefined;
}

/** Creates a field without values. */
export function newField<T>(): Field<T> {
  return { values: [], members: undefined };
}

const BRACKETS = /^(?:\[[^[\]]*\])+$/;
/** Indices in the names of list items, such as `a[0][b]`. */
const INDEX = /^(?:0|[1-9][0-9]{0,4})$/;

/** Returns the members that brackets name, e.g. `["b", "c"]` for `[b][c]`; undefined if they are malformed. */
export function bracketPath(brackets: string): readonly string[] | undefined {
  return BRACKETS.test(brackets) ? brackets.slice(1, -1).split("][") : undefined;
}

/** Returns the shape that a value has if it is sent as members or items. */
export function nestedShape(shape: Shape): Shape | undefined {
  if (shape.kind === "array" || shape.kind === "object") return shape;
  return shape.kind === "any" ? shape.nested : undefined;
}

/** Path of a value in a field, and what to name in errors. */
export interface FieldPath {
  readonly path: readonly string[];
  readonly shape: Shape;
  readonly name: string;
}

/**
 * Adds a value to a field. The path is followed only where the shape has members or items, so that a name cannot create
 * more fields than the schema has levels.
 *
 * @throws {MalformedTextError} if the shape has no value at the path.
 */
export function addValue<T>(root: Field<T>, value: T, { path, shape, name }: FieldPath): void {
  let here = root;
  let kind: Shape = shape;
  for (const [index, step] of path.entries()) {
    const nested = nestedShape(kind);
    if (nested?.kind === "array") {
      // `a[]` is another item, like another `a`.
      if (step === "" && index === path.length - 1) break;
      if (!INDEX.test(step)) {
        throw new MalformedTextError(`must be written as ${name}[0], ${name}[1] and so on`);
      }
      kind = nested.items;
    } else if (nested?.kind === "object" && step !== "") kind = memberShape(nested, step);
    else throw new MalformedTextError("has a nested value where the schema has none");
    here.members ??= new Map();
    let next = here.members.get(step);
    if (next === undefined) here.members.set(step, next = newField());
    here = next;
  }
  here.values.push(value);
}

/** Reader of the values of a field without members. */
export type ReadValues<T> = (values: readonly T[], at: { shape: Shape; path: readonly string[] }) => unknown;

/**
 * Converts a field to its value: an object or a list where it has members.
 *
 * @throws {MalformedTextError} if it has both members and a value of its own.
 */
export function readField<T>(
  field: Field<T>,
  { shape, path, read }: { shape: Shape; path: readonly string[]; read: ReadValues<T> },
): unknown {
  const { members, values } = field;
  if (members === undefined) return read(values, { shape, path });
  if (values.length > 0) throw new MalformedTextError("has both a value and members");
  const nested = nestedShape(shape);
  if (nested?.kind === "array") {
    const items = [...members].sort(([left], [right]) => Number(left) - Number(right));
    return items.map(([, item], index) =>
      readField(item, { shape: nested.items, path: [...path, String(index)], read })
    );
  }
  return Object.fromEntries(
    [...members].map(([name, member]) => [
      name,
      readField(member, { shape: memberShape(nested ?? shape, name), path: [...path, name], read }),
    ]),
  );
}

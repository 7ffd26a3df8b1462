import type { Shape } from "../operation.ts";
import { splitPairs } from "../parameters/pairs.ts";
import {
  decodeFormText,
  MalformedTextError,
  memberShape,
  readArray,
  readScalar,
} from "../parameters/decode_text.ts";
import {
  addValue,
  bracketPath,
  type Field,
  nestedShape,
  newField,
  readField,
} from "../parameters/nested_fields.ts";
import { covers } from "../representation/media_type.ts";
import { extendPointer } from "../representation/json_pointer.ts";
import { type ParsedJson, parseJsonText } from "./json.ts";
import type { JsonError } from "./unstorable.ts";

const ANY_OBJECT: Shape = { kind: "object", properties: {} };

/** Field of a form: text, or a file in a multipart form. */
export type FormField = readonly [name: string, value: string | File];

const DELIMITERS = { ",": ",", " ": /%20|\+| /, "|": /\||%7[Cc]/ } as const;

/**
 * Parses `application/x-www-form-urlencoded` text into an object.
 *
 * @throws {MalformedTextError} for malformed percent-encoding, or a repeated field that is not an array.
 */
export function parseForm(text: string, shape: Shape = ANY_OBJECT): ParsedJson {
  const fields: FormField[] = [];
  for (const pair of splitPairs(text)) {
    const name = decodeFormText(pair.name);
    const field = memberShape(shape, name);
    const delimiter = field.kind === "array" ? field.delimiter : undefined;
    // Before decoding, because encoded delimiters are data.
    const texts = delimiter === undefined ? [pair.value] : pair.value.split(DELIMITERS[delimiter]);
    for (const value of texts) fields.push([name, decodeFormText(value)]);
  }
  return collectFields(fields, shape);
}

/**
 * Converts the fields of a form to an object. Repeated fields become arrays where the shape is one, and names with
 * brackets (`a[b]`) members of objects.
 *
 * @throws {MalformedTextError} for a repeated field that is not an array, and for brackets without a value in the shape.
 */
export function collectFields(fields: Iterable<FormField>, shape: Shape = ANY_OBJECT): ParsedJson {
  const gathered = new Map<string, Field<string | File>>();
  for (const [written, value] of fields) {
    const { name, path } = splitName(written, shape);
    let field = gathered.get(name);
    if (field === undefined) gathered.set(name, field = newField());
    addValue(field, value, { path, shape: memberShape(shape, name), name });
  }
  const errors: JsonError[] = [];
  const entries = [...gathered].map(([name, field]) =>
    [
      name,
      readField(field, {
        shape: memberShape(shape, name),
        path: [name],
        read: (values, at) => readValues(values, { ...at, errors }),
      }),
    ] as const
  );
  return { value: Object.fromEntries(entries), errors };
}

/** Splits `a[b][c]` into a property and the path in it. A property of exactly this name, brackets included, is one. */
function splitName(written: string, shape: Shape): { name: string; path: readonly string[] } {
  const whole = { name: written, path: [] };
  const bracket = written.indexOf("[");
  if (bracket < 1 || shape.kind !== "object" || Object.hasOwn(shape.properties, written)) return whole;
  const name = written.slice(0, bracket);
  const path = bracketPath(written.slice(bracket));
  return path === undefined || nestedShape(memberShape(shape, name)) === undefined ? whole : { name, path };
}

interface ReadValuesOptions {
  readonly shape: Shape;
  readonly path: readonly string[];
  readonly errors: JsonError[];
}

function readValues(values: readonly (string | File)[], { shape, path, errors }: ReadValuesOptions): unknown {
  const list = shape.kind === "any" && values.length > 1 ? shape.nested ?? shape : shape;
  if (list.kind === "array") {
    return values.map((value, index) =>
      readValue(value, { shape: list.items, path: [...path, String(index)], errors })
    );
  }
  if (values.length > 1) throw new MalformedTextError("has a duplicate field");
  return readValue(values[0] ?? "", { shape, path, errors });
}

function readValue(value: string | File, { shape, path, errors }: ReadValuesOptions): unknown {
  if (typeof value !== "string") {
    if (shape.kind === "file") checkType(value, { types: shape.types ?? [], path, errors });
    return value;
  }
  if (shape.kind === "array") return readArray([value], shape);
  if (shape.kind !== "json" && shape.kind !== "object") return readScalar(value, shape);
  try {
    // The errors of values are found in the whole form.
    return parseJsonText(value).value;
  } catch (error) {
    if (!(error instanceof MalformedTextError)) throw error;
    errors.push({ pointer: pointerTo(path), reason: error.message });
    return value;
  }
}

/** Adds an error for a file of another media type; one without a type is accepted. */
function checkType(
  { type }: File,
  { types, path, errors }: { types: readonly string[]; path: readonly string[]; errors: JsonError[] },
): void {
  const essence = type.split(";", 1)[0]?.trim() ?? "";
  if (types.length === 0 || essence === "" || types.some((range) => covers(range, essence))) return;
  errors.push({ pointer: pointerTo(path), reason: `must be a file of type ${types.join(" or ")}` });
}

function pointerTo(path: readonly string[]): string {
  return path.reduce((pointer, step) => extendPointer(pointer, step), "");
}

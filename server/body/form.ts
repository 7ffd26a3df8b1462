import type { Shape } from "../operation.ts";
import { splitPairs } from "../parameters/pairs.ts";
import {
  decodeFormText,
  MalformedTextError,
  memberShape,
  readArray,
  readScalar,
} from "../parameters/decode_text.ts";

const ANY_OBJECT: Shape = { kind: "object", properties: {} };

/** Field of a form: text, or a file in a multipart form. */
export type FormField = readonly [name: string, value: string | File];

/**
 * Parses `application/x-www-form-urlencoded` text into an object.
 *
 * @throws {MalformedTextError} for malformed percent-encoding, or a repeated field that is not an array.
 */
export function parseForm(text: string, shape: Shape = ANY_OBJECT): Record<string, unknown> {
  return collectFields(
    splitPairs(text).map(({ name, value }) => [decodeFormText(name), decodeFormText(value)]),
    shape,
  );
}

/** Converts the fields of a form to an object. Repeated fields become arrays where the shape is one. */
export function collectFields(
  fields: Iterable<FormField>,
  shape: Shape = ANY_OBJECT,
): Record<string, unknown> {
  const gathered = new Map<string, (string | File)[]>();
  for (const [name, value] of fields) {
    const values = gathered.get(name);
    if (values === undefined) gathered.set(name, [value]);
    else values.push(value);
  }
  const entries: [string, unknown][] = [];
  for (const [name, values] of gathered) {
    const fieldShape = memberShape(shape, name);
    if (fieldShape.kind === "array") {
      entries.push([name, values.map((value) => readField(value, fieldShape.items))]);
    } else if (values.length > 1) {
      throw new MalformedTextError("has a duplicate field");
    } else {
      entries.push([name, readField(values[0] ?? "", fieldShape)]);
    }
  }
  return Object.fromEntries(entries);
}

function readField(value: string | File, shape: Shape): unknown {
  if (typeof value !== "string") return value;
  return shape.kind === "array" ? readArray([value], shape) : readScalar(value, shape);
}

import type { Shape } from "@archway/server/operation.ts";
import { isBinary } from "../media/binary_schema.ts";
import {
  child,
  elements,
  entries,
  isArray,
  type Located,
  member,
  textMember,
} from "../document/json_value.ts";
import type { References } from "../document/references.ts";

/** Conversion of nested values. */
export interface ShapeOptions {
  /**
   * Serialization of objects and lists in fields: in multipart forms each is a part of JSON, and bytes are files.
   *
   * @default "text"
   */
  readonly fields?: "multipart" | "text";
}

/**
 * Returns the type that a text is converted to before validation. It is "any", which leaves the text unchanged, if the
 * schema allows text besides other types or has no type. A recursive schema is read from JSON text where it recurs.
 */
export function parameterShape(
  schema: Located,
  references: References,
  { fields = "text" }: ShapeOptions = {},
): Shape | undefined {
  /** Returns the shape of a schema; `level` counts the objects and lists around it. */
  const shapeOf = (
    here: Located,
    { ancestors, level }: { ancestors: readonly string[]; level: number },
  ): Shape | undefined => {
    if (ancestors.includes(here.pointer) || level > MAX_LEVEL) return JSON_TEXT;
    const same = { ancestors: [...ancestors, here.pointer], level };
    const below = { ancestors: same.ancestors, level: level + 1 };
    const found: Shape[] = [];
    const ref = textMember(here.value, "$ref");
    if (ref !== undefined) {
      const pointer = references.target(ref, `${here.pointer}/$ref`);
      const target = pointer === undefined ? undefined : references.at(pointer);
      const shape = target === undefined ? undefined : shapeOf(target, same);
      if (shape === undefined) return undefined;
      found.push(shape);
    }
    const own = fields === "multipart" && level > 0 && isBinary(here.value)
      ? FILE
      : fields === "multipart" && level > 0 && kindsOf(here).join() === "object"
      ? JSON_TEXT
      : ownShape(here, (inner) => shapeOf(inner, below));
    if (own === undefined) return undefined;
    found.push(own);
    for (const part of elements(here, "allOf")) {
      const shape = shapeOf(part, same);
      if (shape === undefined) return undefined;
      found.push(shape);
    }
    for (const keyword of ["oneOf", "anyOf"]) {
      const branches: Shape[] = [];
      for (const branch of elements(here, keyword)) {
        if (textMember(branch.value, "type") === "null") continue;
        const shape = shapeOf(branch, same);
        if (shape === undefined) return undefined;
        branches.push(shape);
      }
      found.push(anyShape(branches));
    }
    const shape = found.reduce(both);
    return fields === "multipart" && level > 0 ? partShape(shape, level) : shape;
  };
  return shapeOf(schema, { ancestors: [], level: 0 });
}

/** Returns the shape of a part of a multipart form: an object, and a list in a list, is JSON. */
function partShape(shape: Shape, level: number): Shape {
  const isJson = shape.kind === "object" || shape.kind === "array" && level > 1;
  if (isJson) return JSON_TEXT;
  return shape.kind === "any" && shape.nested?.kind === "object" ? withoutNested(shape) : shape;
}

function withoutNested(shape: Shape): Shape {
  return shape.kind === "any" && shape.scalar !== undefined ? shape.scalar : ANY;
}

/** Returns the shape that a schema's own keywords define. */
function ownShape(here: Located, next: (schema: Located) => Shape | undefined): Shape | undefined {
  const shapes: Shape[] = [];
  for (const kind of kindsOf(here)) {
    const shape = kind === "array"
      ? listShape(here, next)
      : kind === "object"
      ? objectShape(here, next)
      : scalarShape(kind);
    if (shape === undefined) return undefined;
    shapes.push(shape);
  }
  return anyShape(shapes);
}

function listShape(here: Located, next: (schema: Located) => Shape | undefined): Shape | undefined {
  const items = child(here, "items");
  const rest = items === undefined || items.value === false ? [] : [items];
  const shapes: Shape[] = [];
  for (const element of [...elements(here, "prefixItems"), ...rest]) {
    const shape = next(element);
    if (shape === undefined) return undefined;
    shapes.push(shape);
  }
  return { kind: "array", items: anyShape(shapes) };
}

function objectShape(here: Located, next: (schema: Located) => Shape | undefined): Shape | undefined {
  const properties: [string, Shape][] = [];
  for (const [name, property] of entries(here, "properties")) {
    const shape = next(property);
    if (shape === undefined) return undefined;
    properties.push([name, shape]);
  }
  const rest = child(here, "additionalProperties");
  if (rest?.value === false) return { kind: "object", properties: Object.fromEntries(properties) };
  const additional = rest === undefined ? ANY : next(rest);
  if (additional === undefined) return undefined;
  return { kind: "object", properties: Object.fromEntries(properties), additional };
}

function scalarShape(kind: string): Shape {
  return kind === "string" || kind === "integer" || kind === "number" || kind === "boolean" ? { kind } : ANY;
}

/** Returns the types that a schema allows, except null. They are declared, or derived from its values and keywords. */
function kindsOf({ value }: Located): readonly string[] {
  const type = member(value, "type");
  const named = isArray(type) ? type : type === undefined ? undefined : [type];
  if (named !== undefined) {
    return named.filter((name): name is string => typeof name === "string" && name !== "null");
  }
  const only = member(value, "const");
  const values = member(value, "enum") ?? (only === undefined ? undefined : [only]);
  if (isArray(values)) {
    return [...new Set(values.filter((item) => item !== null).map((item) => typeof item))];
  }
  if (member(value, "properties") !== undefined) return ["object"];
  return member(value, "items") !== undefined ? ["array"] : [];
}

/** Combines two shapes that both apply (allOf). */
function both(left: Shape, right: Shape): Shape {
  if (left.kind === "any" && left.nested === undefined) return right;
  if (left.kind === "object" && right.kind === "object") {
    const additional = left.additional ?? right.additional;
    return {
      kind: "object",
      properties: { ...left.properties, ...right.properties },
      ...(additional === undefined ? {} : { additional }),
    };
  }
  return left;
}

/** Returns the common shape of alternatives, "any" for none. */
function anyShape([first = ANY, ...others]: readonly Shape[]): Shape {
  return others.reduce(either, first);
}

/** Combines two alternative shapes (oneOf, anyOf). */
function either(left: Shape, right: Shape): Shape {
  for (const kind of ["file", "json"]) {
    const isText = [left, right].some((shape) => shape.kind === "string" || shape.kind === "any");
    if (left.kind === kind || right.kind === kind) {
      return kind === "json" && isText ? ANY : left.kind === kind ? left : right;
    }
  }
  const scalar = eitherScalar(scalarOf(left), scalarOf(right));
  const nested = eitherNested(nestedOf(left), nestedOf(right));
  if (nested === undefined) return scalar ?? ANY;
  if (scalar === undefined) return nested;
  return scalar.kind === "any" || scalar.kind === "string"
    ? { kind: "any", nested }
    : { kind: "any", scalar, nested };
}

function scalarOf(shape: Shape): Shape | undefined {
  if (shape.kind === "array" || shape.kind === "object") return undefined;
  return shape.kind === "any" ? shape.scalar ?? ANY : shape;
}

function nestedOf(shape: Shape): Shape | undefined {
  if (shape.kind === "array" || shape.kind === "object") return shape;
  return shape.kind === "any" ? shape.nested : undefined;
}

function eitherScalar(left: Shape | undefined, right: Shape | undefined): Shape | undefined {
  if (left === undefined || right === undefined || left.kind === right.kind) return left ?? right;
  if (NUMERIC.includes(left.kind) && NUMERIC.includes(right.kind)) return { kind: "number" };
  const isText = [left, right].some(({ kind }) => kind === "string" || kind === "any");
  return isText ? ANY : { kind: "literal" };
}

function eitherNested(left: Shape | undefined, right: Shape | undefined): Shape | undefined {
  if (left?.kind === "array" && right?.kind === "array") {
    return { kind: "array", items: either(left.items, right.items) };
  }
  return left?.kind === "object" && right?.kind === "object" ? both(left, right) : left ?? right;
}

/** Deeper values are read from JSON text, since no client writes `a[b][c][d][e]`. */
const MAX_LEVEL = 4;
const ANY: Shape = { kind: "any" };
const JSON_TEXT: Shape = { kind: "json" };
const FILE: Shape = { kind: "file" };
const NUMERIC: readonly string[] = ["integer", "number"];

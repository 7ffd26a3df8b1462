import type { Shape } from "../../server/operation.ts";
import { child, elements, entries, isArray, type Located, member, textMember } from "./json_value.ts";
import type { References } from "./references.ts";

/**
 * What the text of a value with this schema is turned into before the schema is checked. Where a schema leaves
 * more than one kind open it is "any", which the server reads as a number, a boolean or null where it looks
 * like one. A schema that contains itself has no shape: that is a fault, and undefined.
 */
export function parameterShape(schema: Located, references: References): Shape | undefined {
  const shapeOf = (here: Located, ancestors: readonly string[]): Shape | undefined => {
    if (ancestors.includes(here.pointer)) {
      references.faults.add(
        schema.pointer,
        "The schema contains itself, which text cannot; use a JSON body or end it",
      );
      return undefined;
    }
    const path = [...ancestors, here.pointer];
    const ref = textMember(here.value, "$ref");
    const found: Shape[] = [];
    if (ref !== undefined) {
      const pointer = references.target(ref, `${here.pointer}/$ref`);
      const target = pointer === undefined ? undefined : references.at(pointer);
      if (target === undefined) return undefined;
      const shape = shapeOf(target, path);
      if (shape === undefined) return undefined;
      found.push(shape);
    }
    const own = ownShape(here, (next) => shapeOf(next, path));
    if (own === undefined) return undefined;
    found.push(own);
    for (const part of elements(here, "allOf")) {
      const shape = shapeOf(part, path);
      if (shape === undefined) return undefined;
      found.push(shape);
    }
    for (const keyword of ["oneOf", "anyOf"]) {
      const branches: Shape[] = [];
      for (const branch of elements(here, keyword)) {
        if (textMember(branch.value, "type") === "null") continue;
        const shape = shapeOf(branch, path);
        if (shape === undefined) return undefined;
        branches.push(shape);
      }
      if (branches.length > 0) found.push(branches.reduce(either));
    }
    return found.reduce(both);
  };
  return shapeOf(schema, []);
}

function ownShape(here: Located, next: (schema: Located) => Shape | undefined): Shape | undefined {
  const kinds = kindsOf(here);
  if (kinds.length !== 1) return ANY;
  const kind = kinds[0];
  if (kind === "array") {
    const items = child(here, "items");
    const shape = items === undefined ? ANY : next(items);
    return shape === undefined ? undefined : { kind: "array", items: shape };
  }
  if (kind === "object") {
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
  return kind === "string" || kind === "integer" || kind === "number" || kind === "boolean" ? { kind } : ANY;
}

/** The types that a schema allows, but for null: as it says, else as its values and keywords do. */
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

/** Both hold (allOf): what one says and the other leaves open. */
function both(left: Shape, right: Shape): Shape {
  if (left.kind === "any") return right;
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

/** One of them holds (oneOf, anyOf): what they agree on. */
function either(left: Shape, right: Shape): Shape {
  if (left.kind === "object" && right.kind === "object") return both(left, right);
  if (left.kind === "array" && right.kind === "array") {
    return { kind: "array", items: either(left.items, right.items) };
  }
  return left.kind === right.kind ? left : ANY;
}

const ANY: Shape = { kind: "any" };

import type { Shape } from "@archway/server/operation.ts";
import { child, elements, entries, isArray, type Located, member, textMember } from "./json_value.ts";
import type { References } from "./references.ts";

/**
 * Returns the type that a text is converted to before validation. It is "any", which leaves the text unchanged, if the
 * schema allows text besides other types or has no type. Adds a diagnostic and returns undefined for a recursive
 * schema, and for one whose text is ambiguous.
 */
export function parameterShape(schema: Located, references: References): Shape | undefined {
  const shapeOf = (here: Located, ancestors: readonly string[]): Shape | undefined => {
    if (ancestors.includes(here.pointer)) {
      references.diagnostics.add(
        schema.pointer,
        "Recursive schemas are not supported for text; use a JSON body",
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
    if (!isDecided(kindsOf(here))) return undecided(here, references);
    const own = ownShape(here, { next: (inner) => shapeOf(inner, path), references });
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
      const agreed = agreedShape(branches);
      if (agreed === undefined) return undecided(here, references);
      found.push(agreed);
    }
    return found.reduce(both);
  };
  return shapeOf(schema, []);
}

/** Returns the shape that a schema's own keywords define. */
function ownShape(
  here: Located,
  { next, references }: { next: (schema: Located) => Shape | undefined; references: References },
): Shape | undefined {
  const kinds = kindsOf(here);
  const numeric = kinds.length > 1 && kinds.every((name) => NUMERIC.includes(name));
  const kind = numeric ? "number" : kinds.length === 1 ? kinds[0] : undefined;
  if (kind === "array") {
    const items = child(here, "items");
    const rest = items === undefined || items.value === false ? [] : [items];
    const shapes: Shape[] = [];
    for (const element of [...elements(here, "prefixItems"), ...rest]) {
      const shape = next(element);
      if (shape === undefined) return undefined;
      shapes.push(shape);
    }
    const shape = agreedShape(shapes);
    return shape === undefined ? undecided(here, references) : { kind: "array", items: shape };
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

/** Returns the common shape of alternatives, "any" for none; undefined if a text is ambiguous. */
function agreedShape([first = ANY, ...others]: readonly Shape[]): Shape | undefined {
  return others.reduce<Shape | undefined>((left, right) => left && either(left, right), first);
}

/** Combines two alternative shapes (oneOf, anyOf); undefined if a text is ambiguous. */
function either(left: Shape, right: Shape): Shape | undefined {
  if (left.kind === "object" && right.kind === "object") return both(left, right);
  if (left.kind === "array" && right.kind === "array") {
    const items = either(left.items, right.items);
    return items === undefined ? undefined : { kind: "array", items };
  }
  if (left.kind === right.kind) return left;
  if (NUMERIC.includes(left.kind) && NUMERIC.includes(right.kind)) return { kind: "number" };
  return isDecided([left.kind, right.kind]) ? ANY : undefined;
}

/** Whether a text is unambiguous for a schema that allows these types. */
function isDecided(kinds: readonly string[]): boolean {
  return kinds.length <= 1 || kinds.includes("string") || kinds.includes("any") ||
    kinds.every((kind) => NUMERIC.includes(kind));
}

function undecided({ pointer }: Located, { diagnostics }: References): undefined {
  diagnostics.add(
    pointer,
    "The type of a text value is ambiguous here; choose one type, or type: string",
  );
}

const ANY: Shape = { kind: "any" };
const NUMERIC: readonly string[] = ["integer", "number"];

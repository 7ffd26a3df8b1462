import { isArray, member } from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { itemSchema, mergedSchema, objectShape, partsOf, type PropertyShape } from "./object_shape.ts";

type Schemas = Pick<PropertyShape, "schemas">;

/** Keywords that say nothing about values. */
const ANNOTATIONS = [
  "title",
  "description",
  "example",
  "examples",
  "deprecated",
  "default",
  "readOnly",
  "writeOnly",
  "xml",
];
const LOWER_LIMITS = ["minimum", "minItems", "minLength", "minProperties"];
const UPPER_LIMITS = ["maximum", "maxItems", "maxLength", "maxProperties"];
/** Keywords that only exclude values, and change no type. */
const EXCLUDING = ["pattern", "uniqueItems", "multipleOf", "format", "enum", "const"];
/** Recursive schemas that differ are not followed further. */
const MAX_DEPTH = 20;

/**
 * Whether all values of a schema are certainly values of another one: both are the same, or the first has narrower limits, at any
 * depth. A creation often requires more than what is returned, such as an item at least.
 */
export function isSubschema(
  source: Schemas,
  target: Schemas,
  { references, depth = 0 }: { readonly references: References; readonly depth?: number },
): boolean {
  const [narrow, wide] = [constraints(source, references), constraints(target, references)];
  const names = new Set([...Object.keys(narrow), ...Object.keys(wide)]);
  return [...names].every((name) => {
    const [one, other] = [narrow[name], wide[name]];
    if (isSame(one, other)) return true;
    if (depth >= MAX_DEPTH) return false;
    if (LOWER_LIMITS.includes(name)) return other === undefined || Number(one) >= Number(other);
    if (UPPER_LIMITS.includes(name)) return other === undefined || Number(one) <= Number(other);
    if (name === "required") return listed(other).every((property) => listed(one).includes(property));
    if (name === "items") return areItemsWithin(source, target, { references, depth: depth + 1 });
    if (name === "properties") return arePropertiesWithin(source, target, { references, depth: depth + 1 });
    return EXCLUDING.includes(name) && other === undefined;
  });
}

function areItemsWithin(
  source: Schemas,
  target: Schemas,
  options: { readonly references: References; readonly depth: number },
): boolean {
  const [one, other] = [source, target].map(({ schemas }) =>
    schemas.map((schema) => itemSchema(schema, options.references)).findLast((items) => items !== undefined)
  );
  if (one === undefined || other === undefined) return false;
  return isSubschema({ schemas: [one] }, { schemas: [other] }, options);
}

function arePropertiesWithin(
  source: Schemas,
  target: Schemas,
  options: { readonly references: References; readonly depth: number },
): boolean {
  const [one, other] = [source, target].map((each) => onlyShape(each, options.references));
  if (one === undefined || other === undefined || one.size !== other.size) return false;
  return [...other.values()].every((property) => {
    const own = one.get(property.name);
    return own !== undefined && isSubschema(own, property, options);
  });
}

/** Returns the properties of an object that a single part describes; parts that are merged are not compared. */
function onlyShape(
  { schemas }: Schemas,
  references: References,
): ReadonlyMap<string, PropertyShape> | undefined {
  const parts = schemas.flatMap((schema) => [...partsOf(schema, references)]);
  const [part, ...others] = parts.filter(({ value }) => member(value, "properties") !== undefined);
  if (part === undefined || others.length > 0) return undefined;
  return objectShape(part, references)?.properties;
}

function constraints(schemas: Schemas, references: References): Readonly<Record<string, unknown>> {
  const entries = Object.entries(mergedSchema(schemas, references))
    .filter(([keyword]) => !ANNOTATIONS.includes(keyword) && !keyword.startsWith("x-"));
  return Object.fromEntries(entries);
}

function listed(value: unknown): readonly unknown[] {
  return isArray(value) ? value : [];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

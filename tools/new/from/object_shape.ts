import {
  child,
  elements,
  entries,
  isArray,
  isObject,
  type Located,
  member,
} from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { REQUIRED_OF_RESPONSES } from "../../oapi_codegen/schemas/schema_walk.ts";

/** Property of an object schema, as each part of its `allOf` declares it, the most specific last. */
export interface PropertyShape {
  readonly name: string;
  readonly schemas: readonly Located[];
  readonly isRequired: boolean;
  /** Whether a response must have it: also if it is required and read-only in a document of OpenAPI 3.0. */
  readonly isReturned: boolean;
}

/** Object schema without its references and `allOf`. */
export interface ObjectShape {
  readonly properties: ReadonlyMap<string, PropertyShape>;
  /** Whether its properties are all that it says; otherwise it has alternatives, or members of any name. */
  readonly isPlain: boolean;
}

/** Keywords that say more about an object than its properties. */
const FURTHER = ["oneOf", "anyOf", "not", "if", "patternProperties", "dependentSchemas", "propertyNames"];
const MAX_DEPTH = 20;

/** Returns the properties of an object schema; undefined for other schemas. */
export function objectShape(
  schema: Located,
  references: References,
  depth = 0,
): ObjectShape | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const parts = [...partsOf(schema, references)];
  const schemas = new Map<string, Located[]>();
  const [required, returned] = [new Set<string>(), new Set<string>()];
  for (const part of parts) {
    const type = member(part.value, "type");
    const types = isArray(type) ? type : type === undefined ? ["object"] : [type];
    if (!types.includes("object")) return undefined;
    for (const [name, property] of entries(part, "properties")) {
      schemas.set(name, [...schemas.get(name) ?? [], property]);
    }
    for (const { value } of elements(part, "required")) if (typeof value === "string") required.add(value);
    for (const { value } of elements(part, REQUIRED_OF_RESPONSES)) {
      if (typeof value === "string") returned.add(value);
    }
  }
  const isPlain = parts.every(({ value }) =>
    FURTHER.every((keyword) => member(value, keyword) === undefined) &&
    [undefined, false].includes(closedness(member(value, "additionalProperties")))
  );
  for (const property of parts.flatMap((part) => commonProperties(part, references, depth))) {
    if (!schemas.has(property.name)) schemas.set(property.name, [...property.schemas]);
    if (property.isRequired) required.add(property.name);
    if (property.isReturned) returned.add(property.name);
  }
  if (schemas.size === 0) return undefined;
  const properties = [...schemas].map(([name, found]) =>
    [name, {
      ...{ name, schemas: found },
      isRequired: required.has(name),
      isReturned: required.has(name) || returned.has(name),
    }] as const
  );
  return { properties: new Map(properties), isPlain };
}

/** Returns the properties that all alternatives of a schema have, as the first of them declares them. */
function commonProperties(
  schema: Located,
  references: References,
  depth: number,
): readonly PropertyShape[] {
  return ["oneOf", "anyOf"].flatMap((keyword) => {
    const alternatives = [...elements(schema, keyword)].map((one) => objectShape(one, references, depth + 1));
    const [first, ...others] = alternatives.filter((one) => one !== undefined);
    if (first === undefined || others.length + 1 < alternatives.length) return [];
    return [...first.properties.values()].filter(({ name }) =>
      others.every(({ properties }) => properties.has(name))
    ).map((property) => ({
      ...property,
      isRequired: property.isRequired &&
        others.every(({ properties }) => properties.get(property.name)?.isRequired === true),
      isReturned: property.isReturned &&
        others.every(({ properties }) => properties.get(property.name)?.isReturned === true),
    }));
  });
}

/** Returns undefined or false for schemas that declare no members of other names. */
function closedness(value: unknown): boolean | undefined {
  return value === undefined ? undefined : value !== false;
}

/** Yields a schema without its references, and the parts of its `allOf`. */
export function* partsOf(schema: Located, references: References, depth = 0): Generator<Located> {
  if (depth > MAX_DEPTH || !isObject(schema.value)) return;
  const { $ref, allOf: _, ...own } = schema.value;
  if (typeof $ref === "string") {
    const pointer = references.target($ref, schema.pointer);
    const target = pointer === undefined ? undefined : references.at(pointer);
    if (target !== undefined) yield* partsOf(target, references, depth + 1);
  }
  for (const part of elements(schema, "allOf")) yield* partsOf(part, references, depth + 1);
  if (Object.keys(own).length > 0) yield { value: own, pointer: schema.pointer };
}

/** Returns all parts of a property's schemas as one schema, later ones first. */
export function mergedSchema(
  { schemas }: Pick<PropertyShape, "schemas">,
  references: References,
): Readonly<Record<string, unknown>> {
  return Object.assign(
    {},
    ...schemas.flatMap((schema) => [...partsOf(schema, references)].map(({ value }) => value)),
  );
}

/** Returns the schema of the items of an array schema; undefined for others. */
export function itemSchema(schema: Located, references: References): Located | undefined {
  return [...partsOf(schema, references)].map((part) => child(part, "items")).findLast((items) =>
    items !== undefined
  );
}

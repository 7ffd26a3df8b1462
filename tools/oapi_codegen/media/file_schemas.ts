import { isBinary } from "./binary_schema.ts";
import { child, elements, entries, type Located, textMember } from "../document/json_value.ts";
import type { References } from "../document/references.ts";

/** Yields the pointers of the schemas of a form's property that is a file or a list of files. */
export function* fileSchemas(
  form: Located,
  { name, references }: { readonly name: string; readonly references: References },
): Generator<string> {
  for (const property of propertySchemas(form, { name, references })) yield* filesIn(property, references);
}

/** Yields the schemas that declare a property of an object. */
function* propertySchemas(
  schema: Located,
  { name, references, seen = new Set() }: {
    readonly name: string;
    readonly references: References;
    readonly seen?: Set<string>;
  },
): Generator<Located> {
  const here = references.follow(schema);
  if (here === undefined || seen.has(here.pointer)) return;
  seen.add(here.pointer);
  for (const [key, property] of entries(here, "properties")) if (key === name) yield property;
  for (const keyword of ["allOf", "oneOf", "anyOf"]) {
    for (const part of elements(here, keyword)) yield* propertySchemas(part, { name, references, seen });
  }
}

/** Yields the pointers of the schemas of a file, or of the files of a list. */
function* filesIn(schema: Located, references: References, seen = new Set<string>()): Generator<string> {
  const here = references.follow(schema);
  if (here === undefined || seen.has(here.pointer)) return;
  seen.add(here.pointer);
  const items = child(here, "items");
  if (items !== undefined) yield* filesIn(items, references, seen);
  const parts = ["allOf", "oneOf", "anyOf"].flatMap((keyword) => [...elements(here, keyword)]);
  for (const part of parts) yield* filesIn(part, references, seen);
  const type = textMember(here.value, "type");
  if (
    items === undefined && parts.length === 0 &&
    (isBinary(here.value) || type === "string" || type === undefined)
  ) {
    yield here.pointer;
  }
}

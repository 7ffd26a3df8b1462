import type { JsonValue } from "@archway/server/operation.ts";
import { child, type Located, member, textMember } from "./json_value.ts";
import type { PreparedSchemas } from "./prepared_schemas.ts";
import type { References } from "./references.ts";
import { subschemas } from "./schema_walk.ts";

/** Whether a value keeps to the schema at `pointer`, prepared under `id`. */
export type DefaultCheck = (
  value: JsonValue,
  schema: { readonly id: string; readonly pointer: string },
) => boolean;

/**
 * Notes every default that its own schema refuses, and every one that could not be filled in soundly: under oneOf,
 * anyOf, not or if it would be filled in before it is known whether that branch holds.
 */
export function checkDefaults(
  roots: Iterable<Located>,
  { schemas, isValid }: { schemas: PreparedSchemas; isValid: DefaultCheck },
): void {
  const { references } = schemas;
  const visit = (schema: Located): void => {
    const value = member(schema.value, "default");
    const { pointer } = schema;
    if (value !== undefined && !isValid(value, { id: schemas.idOf(pointer, "response"), pointer })) {
      references.diagnostics.add(
        `${schema.pointer}/default`,
        "The default breaks its own schema; correct one of them",
      );
    }
    for (const [keyword, inner] of subschemas(schema)) {
      if (BRANCHES.includes(keyword)) refuseFilled(inner, references, new Set());
      if (keyword === "properties") refuseInherited(inner, references);
      visit(inner);
    }
  };
  for (const root of roots) visit(root);
}

const BRANCHES = ["anyOf", "contains", "dependentSchemas", "else", "if", "not", "oneOf", "then"];

/** Notes the defaults of properties anywhere below a branch, references followed. */
function refuseFilled(schema: Located, references: References, seen: Set<string>): void {
  if (seen.has(schema.pointer)) return;
  seen.add(schema.pointer);
  const ref = textMember(schema.value, "$ref");
  const pointer = ref === undefined ? undefined : references.target(ref, `${schema.pointer}/$ref`);
  const target = pointer === undefined ? undefined : references.at(pointer);
  if (target !== undefined) refuseFilled(target, references, seen);
  for (const [keyword, inner] of subschemas(schema)) {
    if ((keyword === "properties" || keyword === "items") && child(inner, "default") !== undefined) {
      references.diagnostics.add(
        `${inner.pointer}/default`,
        "A default under oneOf, anyOf, not, if or contains cannot be filled in; move it out, or remove it",
      );
    }
    refuseFilled(inner, references, seen);
  }
}

/** Notes a default for a member that every object seems to have, which therefore would never be filled in. */
function refuseInherited(property: Located, { diagnostics }: References): void {
  const name = property.pointer.slice(property.pointer.lastIndexOf("/") + 1);
  if (name in Object.prototype && child(property, "default") !== undefined) {
    diagnostics.add(
      `${property.pointer}/default`,
      "A property of this name cannot have a default; rename the property",
    );
  }
}

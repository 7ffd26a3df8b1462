import type { JsonValue } from "@archway/server/operation.ts";
import { child, type Located, member, textMember } from "./json_value.ts";
import type { PreparedSchemas } from "./prepared_schemas.ts";
import type { References } from "./references.ts";
import { subschemas } from "./schema_walk.ts";

/** Whether a value is valid for the schema at `pointer`, prepared under `id`. */
export type DefaultCheck = (
  value: JsonValue,
  schema: { readonly id: string; readonly pointer: string },
) => boolean;

/**
 * Rejects defaults that violate their own schema or cannot be applied reliably. Under oneOf, anyOf, not or if they
 * would be applied before it is known whether the branch matches.
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
        "The default violates its own schema; correct one of them",
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

/** Rejects the defaults of properties anywhere below a branch, including references. */
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
        "A default under oneOf, anyOf, not, if or contains cannot be applied; move it out, or remove it",
      );
    }
    refuseFilled(inner, references, seen);
  }
}

/** Rejects a default for a name that every object inherits, because it would never be applied. */
function refuseInherited(property: Located, { diagnostics }: References): void {
  const name = property.pointer.slice(property.pointer.lastIndexOf("/") + 1);
  if (name in Object.prototype && child(property, "default") !== undefined) {
    diagnostics.add(
      `${property.pointer}/default`,
      "A property of this name cannot have a default; rename the property",
    );
  }
}

import type { JsonValue } from "@archway/server/operation.ts";
import { child, type Located, member } from "./json_value.ts";
import type { PreparedSchemas } from "./prepared_schemas.ts";
import type { References } from "./references.ts";
import { subschemas } from "./schema_walk.ts";

/** Whether a value is valid for the schema at `pointer`, prepared under `id`. */
export type DefaultCheck = (
  value: JsonValue,
  schema: { readonly id: string; readonly pointer: string },
) => boolean;

/** Rejects defaults that violate their own schema, and those of names that every object has. */
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
      if (keyword === "properties") refuseInherited(inner, references);
      visit(inner);
    }
  };
  for (const root of roots) visit(root);
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

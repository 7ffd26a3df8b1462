import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { type Located, member } from "../document/json_value.ts";
import { IN_PLACE, subschemas } from "./schema_walk.ts";

/** Keywords that limit the types of a value. */
const TYPING = ["$ref", "allOf", "anyOf", "const", "enum", "oneOf", "type"];

/**
 * Warns of schemas with properties but without a type, once. Every value that is no object is valid for them, while the
 * generated type is that of an object.
 */
export function warnOfUntypedObjects(roots: Iterable<Located>, diagnostics: DiagnosticList): void {
  const found: Located[] = [];
  const visit = (schema: Located, isWhole: boolean): void => {
    const { value } = schema;
    const isUntyped = TYPING.every((keyword) => member(value, keyword) === undefined);
    if (isWhole && isUntyped && member(value, "properties") !== undefined) found.push(schema);
    for (const [keyword, inner] of subschemas(schema)) visit(inner, !IN_PLACE.includes(keyword));
  };
  for (const root of roots) visit(root, true);
  const [first, ...others] = found;
  if (first === undefined) return;
  diagnostics.warn(
    first.pointer,
    "Values that are no objects are valid here, too, but the type has only objects; write type: object" +
      (others.length === 0 ? "" : `, also in ${others.length} other schemas`),
  );
}

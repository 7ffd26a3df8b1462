import type { JsonValue } from "@archway/server/operation.ts";
import { type Located, member, textMember } from "../document/json_value.ts";
import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import type { References } from "../document/references.ts";
import { BRANCHES, subschemas } from "./schema_walk.ts";

/** Whether a value is valid for a schema. */
export type DefaultCheck = (value: JsonValue, schema: Located) => boolean;

/**
 * Returns the pointers of the schemas whose default is not applied to requests, with a warning for each. It violates its
 * own schema, or JavaScript has the property's name in every object.
 */
export function checkDefaults(
  roots: Iterable<Located>,
  { diagnostics, isValid }: { diagnostics: DiagnosticList; isValid: DefaultCheck },
): ReadonlySet<string> {
  const refused = new Set<string>();
  const visit = (schema: Located, isInherited: boolean): void => {
    const value = member(schema.value, "default");
    const { pointer } = schema;
    const reason = value === undefined
      ? undefined
      : isInherited
      ? "every object has a property of this name"
      : !isValid(value, schema)
      ? "it violates its own schema"
      : undefined;
    if (reason !== undefined) {
      refused.add(pointer);
      diagnostics.warn(`${pointer}/default`, `The default is not applied to requests: ${reason}`);
    }
    for (const [keyword, inner] of subschemas(schema)) {
      const name = inner.pointer.slice(inner.pointer.lastIndexOf("/") + 1);
      visit(inner, keyword === "properties" && name in Object.prototype);
    }
  };
  for (const root of roots) visit(root, false);
  return refused;
}

/**
 * Returns the pointers of the schemas that apply in a branch, such as those of `anyOf`, wherever it refers to. A default
 * there would be applied before it is known whether the branch matches, so it is an annotation.
 */
export function schemasInBranches(roots: Iterable<Located>, references: References): ReadonlySet<string> {
  const seen = { inside: new Set<string>(), outside: new Set<string>() };
  const visit = (schema: Located, inside: boolean): void => {
    const visited = inside ? seen.inside : seen.outside;
    if (visited.has(schema.pointer)) return;
    visited.add(schema.pointer);
    const ref = textMember(schema.value, "$ref");
    const pointer = ref === undefined ? undefined : references.target(ref, `${schema.pointer}/$ref`);
    const target = pointer === undefined ? undefined : references.at(pointer);
    if (target !== undefined) visit(target, inside);
    for (const [keyword, inner] of subschemas(schema)) visit(inner, inside || BRANCHES.includes(keyword));
  };
  for (const root of roots) visit(root, false);
  return seen.inside;
}

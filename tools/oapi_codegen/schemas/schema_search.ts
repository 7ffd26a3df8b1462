import { type Located, textMember } from "../document/json_value.ts";
import type { References } from "../document/references.ts";
import { subschemas } from "./schema_walk.ts";

/** Searches schemas and all that they refer to for a property of a schema. Remembers what it has found. */
export class SchemaSearch {
  readonly #found = new Map<string, boolean>();

  constructor(readonly references: References, readonly has: (schema: Located) => boolean) {}

  /** Whether the schema, one of its subschemas or one that they refer to has the property. */
  finds(schema: Located): boolean {
    const seen = new Set<string>();
    const found = this.#visit(schema, seen);
    // After a search without success, nothing that it has seen leads to one. Otherwise a circle may have cut it short.
    if (!found) { for (const pointer of seen) this.#found.set(pointer, false); }
    return found;
  }

  #visit(schema: Located, seen: Set<string>): boolean {
    const { value, pointer } = schema;
    const known = this.#found.get(pointer);
    if (known !== undefined) return known;
    if (seen.has(pointer)) return false;
    seen.add(pointer);
    const found = this.has(schema) || this.#visitTarget(textMember(value, "$ref"), { pointer, seen }) ||
      [...subschemas(schema)].some(([, inner]) => this.#visit(inner, seen));
    if (found) this.#found.set(pointer, true);
    return found;
  }

  #visitTarget(ref: string | undefined, { pointer, seen }: { pointer: string; seen: Set<string> }): boolean {
    const target = ref === undefined ? undefined : this.references.target(ref, `${pointer}/$ref`);
    const schema = target === undefined ? undefined : this.references.at(target);
    return schema !== undefined && this.#visit(schema, seen);
  }
}

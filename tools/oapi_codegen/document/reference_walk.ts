import { DOCUMENT, type Part, type PartType, visitParts } from "./document_kinds.ts";
import { isObject, type JsonObject, type Located, textMember } from "./json_value.ts";

/** `$ref` of a document. */
export interface FoundReference {
  /** Text of the `$ref`. */
  readonly ref: string;
  /** Object that contains the `$ref`. */
  readonly holder: Located<JsonObject>;
  /** Type of the target. */
  readonly type: PartType;
}

/**
 * Returns every reference of a document or a part of one, used or not. Extension fields, examples and other data have no
 * references: `$ref` is an ordinary name there.
 */
export function walkReferences(
  { value, pointer, type = DOCUMENT }: Located & Partial<Part>,
): readonly FoundReference[] {
  const found: FoundReference[] = [];
  visitParts({ value, pointer, type }, (part) => {
    const ref = textMember(part.value, "$ref");
    if (ref !== undefined && isObject(part.value)) {
      found.push({ ref, holder: { value: part.value, pointer: part.pointer }, type: part.type });
    }
  });
  return found;
}

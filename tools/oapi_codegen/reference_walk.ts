import { escapeToken, isArray, isObject, type JsonObject, type Located } from "./json_value.ts";
import type { JsonValue } from "@archway/server/operation.ts";

/** `$ref` of a document. */
export interface FoundReference {
  /** Text of the `$ref`. */
  readonly ref: string;
  /** Object that contains the `$ref`. */
  readonly holder: Located<JsonObject>;
}

/** Yields every reference of a document, used or not. */
export function* walkReferences({ value, pointer }: Located): Generator<FoundReference> {
  if (isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* walkReferences({ value: item, pointer: `${pointer}/${index}` });
    }
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key === "$ref" && typeof item === "string") yield { ref: item, holder: { value, pointer } };
      else if (!isData(key, { value: item, parent: pointer })) {
        yield* walkReferences({ value: item, pointer: `${pointer}/${escapeToken(key)}` });
      }
    }
  }
}

/** Objects whose keys are names chosen by the document: there, "default" may be the name of a property. */
const NAMED =
  /\/(?:properties|patternProperties|\$defs|dependentSchemas|headers|links)$|^\/components\/[^/]+$/;

/** Whether the member `key` of the object at `parent` is data, in which "$ref" has no meaning. */
export function isData(key: string, { value, parent }: { value: JsonValue; parent: string }): boolean {
  if (NAMED.test(parent)) return false;
  if (key.startsWith("x-")) return true;
  if (key === "default") return !parent.endsWith("/responses");
  // A schema's examples are a list of values; elsewhere they are named Example Objects with one value each.
  if (key === "examples") return isArray(value);
  if (key === "value") return /\/examples\/[^/]+$/.test(parent);
  return ["example", "const", "enum"].includes(key);
}

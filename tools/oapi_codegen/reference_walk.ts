import { escapeToken, isArray, isObject, type JsonObject, type Located } from "./json_value.ts";
import type { JsonValue } from "@archway/server/operation.ts";

/** A `$ref` of a document. */
export interface FoundReference {
  /** The text of the `$ref`. */
  readonly ref: string;
  /** The object that has the `$ref`. */
  readonly holder: Located<JsonObject>;
}

/** Every reference of a document, used or not. */
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

/** Members whose keys are names that a document chooses: a property called "default" is a schema all the same. */
const NAMED =
  /\/(?:properties|patternProperties|\$defs|dependentSchemas|headers|links)$|^\/components\/[^/]+$/;

/** Whether the member `key` of the object at `parent` holds data, in which "$ref" means nothing. */
export function isData(key: string, { value, parent }: { value: JsonValue; parent: string }): boolean {
  if (NAMED.test(parent)) return false;
  if (key.startsWith("x-")) return true;
  if (key === "default") return !parent.endsWith("/responses");
  // A schema's examples are a list of values; elsewhere they are Example Objects by name, which have one each.
  if (key === "examples") return isArray(value);
  if (key === "value") return /\/examples\/[^/]+$/.test(parent);
  return ["example", "const", "enum"].includes(key);
}

import type { JsonValue } from "@archway/server/operation.ts";
import { ApiDocument } from "./derived/api_document.ts";
import { isArray, isObject, type JsonObject, textMember } from "@archway/service_kit/json_value.ts";

/** Origin of a document. */
export interface DocumentSource {
  /** Path or URL, for messages. */
  readonly name: string;
  /** Path of its file, beside which others may be that it refers to; undefined for a document without them. */
  readonly file?: string;
}

/** Reads the text of a document. @throws {TypeError} for one that it cannot read. */
export type ParseDocument = (text: string, source: DocumentSource) => Promise<ApiDocument>;

/**
 * Reads a document in OpenAPI 3.1 that is complete in itself, in JSON or YAML.
 *
 * @throws {TypeError} for another text.
 */
export async function parseApiDocument(text: string, { name }: DocumentSource): Promise<ApiDocument> {
  const root = await parse(text).catch(() => undefined);
  const version = textMember(root, "openapi") ?? "";
  if (!isObject(root) || !version.startsWith("3.")) {
    throw new TypeError(`${name} is not an OpenAPI 3 document in JSON or YAML`);
  }
  const reason = reasonAgainst(root, version);
  if (reason !== undefined) throw new TypeError(`${name} ${reason}; ${WITH_FILES}`);
  try {
    return new ApiDocument(root);
  } catch (cause) {
    throw new TypeError(`${name} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

const WITH_FILES = "`deno task conform` in a checkout reads such documents";

/** Parses JSON, or YAML with its package, which is loaded for nothing else. */
async function parse(text: string): Promise<JsonValue> {
  try {
    return JSON.parse(text);
  } catch {
    const { parse } = await import("yaml");
    // Without the values that JSON lacks.
    return JSON.parse(JSON.stringify(parse(text)) ?? "null");
  }
}

/** Returns what rows cannot be derived from. */
function reasonAgainst(root: JsonObject, version: string): string | undefined {
  if (!version.startsWith("3.1.")) return `has OpenAPI ${version} instead of 3.1`;
  if ("x-operation-defaults" in root) return "has x-operation-defaults, which are not applied yet";
  const outside = outsideReference(root);
  return outside === undefined ? undefined : `refers to ${outside} outside of it`;
}

/** Finds a reference to another document. */
function outsideReference(value: JsonValue): string | undefined {
  const reference = textMember(value, "$ref");
  if (reference !== undefined && !reference.startsWith("#")) return reference;
  const members = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  for (const each of members) {
    const found = outsideReference(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

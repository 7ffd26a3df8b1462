import type { JsonValue } from "@archway/server/operation.ts";
import { isArray, member, textMember } from "../document/json_value.ts";

/** Whether a media type is text, apart from JSON: `text/*`, XML, YAML, JOSE and JWT. */
export function isTextType(mediaType: string): boolean {
  return mediaType.startsWith("text/") || /(?:^application\/|\+)(?:xml|jose|jwt|yaml)$/.test(mediaType);
}

/** Whether a media type is JSON. */
export function isJsonType(mediaType: string): boolean {
  return mediaType === "application/json" || mediaType === "text/json" || mediaType.endsWith("+json");
}

/**
 * Whether a schema describes bytes outside JSON: by `format: binary` (OpenAPI 3.0), `contentEncoding: binary`, or a
 * `contentMediaType` that is no text and has no `contentEncoding` (OpenAPI 3.1, section 4.7.14.2).
 */
export function isBinary(schema: JsonValue | undefined): boolean {
  const type = member(schema, "type");
  const types = isArray(type) ? type : [type];
  if (!types.some((one) => one === undefined || one === "string")) return false;
  if (textMember(schema, "format") === "binary") return true;
  const encoding = textMember(schema, "contentEncoding");
  if (encoding !== undefined) return encoding.toLowerCase() === "binary";
  const content = textMember(schema, "contentMediaType")?.toLowerCase().split(";", 1)[0]?.trim();
  if (content === undefined) return false;
  return type === undefined || !isTextType(content) && !isJsonType(content);
}

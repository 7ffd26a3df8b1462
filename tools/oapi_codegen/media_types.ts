import type { Codec, Shape } from "@archway/server/operation.ts";
import { child, entries, isObject, type Located, textMember } from "./json_value.ts";
import type { MediaModel } from "./model.ts";
import { parameterShape } from "./parameter_shape.ts";
import type { References } from "./references.ts";
import { ANNOTATIONS } from "./schema_walk.ts";

const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]+\/(?:\*|[a-z0-9!#$&^_.+-]+)$|^\*\/\*$/;

/** Returns the supported media types of a body, in the document's order. Adds diagnostics for others. */
export function readContent(
  owner: Located,
  { direction, references }: { direction: "request" | "response"; references: References },
): readonly MediaModel[] {
  const found: MediaModel[] = [];
  for (const [written, media] of entries(owner, "content")) {
    const { diagnostics } = references;
    const mediaType = written.toLowerCase();
    if (!MEDIA_TYPE.test(mediaType)) {
      diagnostics.add(media.pointer, "Write a media type without parameters, such as text/plain");
      continue;
    }
    const schema = child(media, "schema");
    const target = schema === undefined ? undefined : references.follow(schema);
    const codec = codecOf(mediaType, target);
    if (codec === undefined || direction === "response" && (codec === "form" || codec === "multipart")) {
      diagnostics.add(
        media.pointer,
        "No codec for this media type with this schema; use JSON, text with type: string, or no schema for bytes",
      );
      continue;
    }
    if (child(media, "encoding") !== undefined) {
      diagnostics.add(
        `${media.pointer}/encoding`,
        "Encodings are not supported: a field is text or a file, a list is a repeated field; remove it",
      );
    }
    const fields = codec === "form" || codec === "multipart";
    if (fields && (schema === undefined || target === undefined)) {
      diagnostics.add(media.pointer, "A form needs a schema of type object");
      continue;
    }
    const shape = fields && schema !== undefined ? parameterShape(schema, references) : undefined;
    if (fields && shape?.kind !== "object") {
      if (shape !== undefined) diagnostics.add(media.pointer, "A form needs a schema of type object");
      continue;
    }
    if (shape?.kind === "object" && Object.values(shape.properties).some(isNested)) {
      diagnostics.add(
        media.pointer,
        "A form's fields are text, files and lists of them; send nested values as JSON",
      );
    }
    found.push({ mediaType, codec, schema: codec === "binary" ? undefined : schema, shape });
  }
  return found;
}

/** Returns the codec for a media type and its schema; undefined if they do not fit. */
function codecOf(mediaType: string, schema: Located | undefined): Codec | undefined {
  if (mediaType === "application/json" || mediaType.endsWith("+json")) return "json";
  if (mediaType === "application/x-www-form-urlencoded") return "form";
  if (mediaType === "multipart/form-data") return "multipart";
  if (mediaType.startsWith("multipart/")) return undefined;
  const type = textMember(schema?.value, "type");
  if (textMember(schema?.value, "format") === "binary") return "binary";
  if (mediaType.startsWith("text/")) return schema === undefined || type === "string" ? "text" : undefined;
  if (type === "string") return "text";
  const keys = Object.keys(isObject(schema?.value) ? schema.value : {});
  const empty = schema?.value !== false && keys.every((key) => ANNOTATIONS.includes(key));
  return empty ? "binary" : undefined;
}

/** Whether a field has nested values, which a single text cannot represent. */
function isNested(field: Shape): boolean {
  return field.kind === "object" || field.kind === "array" && ["array", "object"].includes(field.items.kind);
}

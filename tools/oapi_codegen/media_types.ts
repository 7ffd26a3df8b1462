import type { Codec, Shape } from "@archway/server/operation.ts";
import { readSequence } from "./sequential_media.ts";
import { readStream } from "./streaming_rules.ts";
import { child, entries, type Located, textMember } from "./json_value.ts";
import type { MediaModel } from "./model.ts";
import { parameterShape } from "./parameter_shape.ts";
import type { References } from "./references.ts";

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
    const items = readSequence(media, { mediaType, direction, references });
    if (items !== undefined) {
      found.push({ mediaType, shape: undefined, ...items });
      continue;
    }
    const schema = child(media, "schema");
    const target = schema === undefined ? undefined : references.follow(schema);
    const choice = codecOf(mediaType, target);
    const codec = choice?.codec;
    if (
      choice === undefined || codec === undefined ||
      direction === "response" && (codec === "form" || codec === "multipart")
    ) {
      diagnostics.add(
        media.pointer,
        "No codec for this media type; use JSON, text or bytes",
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
    found.push({
      mediaType,
      codec,
      schema: choice.validates ? schema : undefined,
      shape,
      ...readStream(media, { codec, direction, references }),
    });
  }
  return found;
}

/** Codec for a media type and its schema, and whether the schema applies to what it decodes. */
interface CodecChoice {
  readonly codec: Codec;
  readonly validates: boolean;
}

/** Returns the codec for a media type and its schema; undefined for an unsupported kind of multipart. */
function codecOf(mediaType: string, schema: Located | undefined): CodecChoice | undefined {
  if (mediaType === "application/json" || mediaType.endsWith("+json")) {
    return { codec: "json", validates: true };
  }
  if (mediaType === "application/x-www-form-urlencoded") return { codec: "form", validates: true };
  if (mediaType === "multipart/form-data") return { codec: "multipart", validates: true };
  if (mediaType.startsWith("multipart/")) return undefined;
  if (textMember(schema?.value, "format") === "binary") return { codec: "binary", validates: false };
  const isString = textMember(schema?.value, "type") === "string";
  if (isString || schema === undefined && mediaType.startsWith("text/")) {
    return { codec: "text", validates: true };
  }
  // XML, event streams and tokens: the handler reads and writes the text, which no schema of a JSON value describes.
  const isText = mediaType.startsWith("text/") ||
    /(?:^application\/|\+)(?:xml|jose|jwt|yaml)$/.test(mediaType);
  return { codec: isText ? "text" : "binary", validates: false };
}

/** Whether a field has nested values, which a single text cannot represent. */
function isNested(field: Shape): boolean {
  return field.kind === "object" || field.kind === "array" && ["array", "object"].includes(field.items.kind);
}

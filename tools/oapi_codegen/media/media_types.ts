import type { Codec, Shape } from "@archway/server/operation.ts";
import { isRange, parseMediaType } from "@archway/server/representation/media_type.ts";
import { isBinary, isJsonType, isTextType } from "./binary_schema.ts";
import { formShape } from "./form_shape.ts";
import { child, entries, type Located, member, textMember } from "../document/json_value.ts";
import type { MediaModel } from "../operations/model.ts";
import type { References } from "../document/references.ts";
import { readSequence } from "./sequential_media.ts";
import { readStream } from "./streaming_rules.ts";

/** Body that a content belongs to. */
export interface ContentOptions {
  readonly direction: "request" | "response";
  readonly references: References;
}

/** Returns the media types of a body, in the document's order. Adds diagnostics for what cannot be served as written. */
export function readContent(owner: Located, options: ContentOptions): readonly MediaModel[] {
  const found: MediaModel[] = [];
  for (const [written, media] of entries(owner, "content")) {
    const mediaType = normalized(written);
    if (mediaType === undefined) {
      options.references.diagnostics.add(media.pointer, "Not a media type; write one such as text/plain");
      continue;
    }
    if (found.some((other) => other.mediaType === mediaType)) {
      options.references.diagnostics.warn(
        media.pointer,
        "The media type is declared twice; this one is ignored",
      );
      continue;
    }
    found.push(readMedia(media, { ...options, mediaType }));
  }
  return found;
}

/** Returns a media type in lower case, with its parameters in one spelling; undefined if it is malformed. */
function normalized(written: string): string | undefined {
  const parsed = parseMediaType(written);
  if (parsed === undefined) return undefined;
  if (parsed.essence.includes("*") && !isRange(parsed.essence)) return undefined;
  const parameters = [...parsed.parameters].map(([name, value]) =>
    `; ${name}=${/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value) ? value : JSON.stringify(value)}`
  );
  return `${parsed.essence}${parameters.join("")}`;
}

function readMedia(
  media: Located,
  { mediaType, direction, references }: ContentOptions & { readonly mediaType: string },
): MediaModel {
  const { diagnostics } = references;
  const essence = mediaType.split(";", 1)[0] ?? "";
  const items = readSequence(media, { mediaType: essence, direction, references });
  if (items !== undefined) return { mediaType, shape: undefined, files: [], ...items };
  const schema = child(media, "schema");
  const target = schema === undefined ? undefined : references.follow(schema);
  const choice = codecOf(essence, { schema: target, direction });
  if (choice.warning !== undefined && schema !== undefined) diagnostics.warn(media.pointer, choice.warning);
  const { codec } = choice;
  if (codec !== "form" && codec !== "multipart") {
    if (child(media, "encoding") !== undefined) {
      diagnostics.warn(
        `${media.pointer}/encoding`,
        "An encoding applies only to forms in requests; it is ignored",
      );
    }
    const stream = readStream(media, { codec, direction, references });
    return {
      mediaType,
      codec,
      schema: choice.validates ? schema : undefined,
      shape: undefined,
      files: [],
      ...stream,
    };
  }
  const form = formShape(media, { codec, references });
  if (form !== undefined) return { mediaType, codec, schema, ...form };
  diagnostics.warn(
    media.pointer,
    codec === "form"
      ? "The schema of a form is no object: the body is passed as text"
      : "The schema of a form is no object: the body is passed as bytes",
  );
  return { mediaType, codec: codec === "form" ? "text" : "binary", ...NO_SCHEMA };
}

const NO_SCHEMA: {
  readonly schema: undefined;
  readonly shape: Shape | undefined;
  readonly files: readonly string[];
} = {
  schema: undefined,
  shape: undefined,
  files: [],
};

/** Codec for a media type and its schema. */
interface CodecChoice {
  readonly codec: Codec;
  /** Whether the schema applies to what the codec decodes. */
  readonly validates: boolean;
  /** Warning if there is a schema. */
  readonly warning?: string;
}

const TEXT: CodecChoice = { codec: "text", validates: true };
const UNCHECKED_TEXT: CodecChoice = {
  codec: "text",
  validates: false,
  warning: "The body is passed as text, to which the schema of a JSON value does not apply",
};
const BYTES: CodecChoice = { codec: "binary", validates: false };
const UNCHECKED_BYTES: CodecChoice = {
  ...BYTES,
  warning: "The body is passed as bytes, to which the schema does not apply",
};

const MAYBE_JSON = /^(?:\*\/\*|application\/(?:\*|vnd\.[^+]*))$/;
const BINARY_VENDOR = /proto|cbor|msgpack|avro|thrift|parquet|excel|openxml|opendocument|zip|pdf/;

/** Returns the codec for a media type without parameters and its schema. */
function codecOf(
  mediaType: string,
  { schema, direction }: { readonly schema: Located | undefined; readonly direction: "request" | "response" },
): CodecChoice {
  if (isJsonType(mediaType)) return { codec: "json", validates: true };
  if (mediaType === "application/x-www-form-urlencoded") {
    return direction === "request" ? { codec: "form", validates: true } : UNCHECKED_TEXT;
  }
  if (mediaType === "multipart/form-data" && direction === "request") {
    return { codec: "multipart", validates: true };
  }
  if (mediaType.startsWith("multipart/")) return UNCHECKED_BYTES;
  if (isBinary(schema?.value)) return BYTES;
  const isString = textMember(schema?.value, "type") === "string";
  if (isString || schema === undefined && mediaType.startsWith("text/")) return TEXT;
  if (isTextType(mediaType)) return UNCHECKED_TEXT;
  const describesJson = ["object", "array"].includes(textMember(schema?.value, "type") ?? "") ||
    member(schema?.value, "properties") !== undefined;
  // Ranges of generated documents, and types of vendors without the suffix +json.
  if (describesJson && MAYBE_JSON.test(mediaType) && !BINARY_VENDOR.test(mediaType)) {
    return {
      codec: "json",
      validates: true,
      warning: "The schema describes JSON, so the body is passed as JSON",
    };
  }
  return schema === undefined ? BYTES : UNCHECKED_BYTES;
}

import type { Codec } from "@archway/server/operation.ts";
import { isBinary } from "./binary_schema.ts";
import { type EventSchema, eventSchema } from "./event_schema.ts";
import { child, isArray, type Located, member } from "../document/json_value.ts";
import type { References } from "../document/references.ts";

/** Codecs of items one after another. */
type ItemCodec = Extract<Codec, "events" | "lines" | "sequence">;

/** Items of a body, which are validated one by one. */
export interface ItemsModel extends EventSchema {
  readonly codec: ItemCodec;
}

/** Media types of items one after another (OpenAPI 3.2, section 4.14.3.1), with names of JSON Lines that are in use. */
const CODECS: ReadonlyMap<string, ItemCodec> = new Map([
  ["text/event-stream", "events"],
  ["application/jsonl", "lines"],
  ["application/jsonlines", "lines"],
  ["application/x-jsonlines", "lines"],
  ["application/ndjson", "lines"],
  ["application/x-ndjson", "lines"],
  ["application/json-seq", "sequence"],
]);

/**
 * Returns the items of a body; undefined if it is one text or one value. Their schema is `itemSchema`, the items of a
 * list, or else the whole schema, which describes the items of most documents of 3.1. A schema of text or bytes leaves
 * the body as it is; but texts of an event stream are the data of its events.
 *
 * @param mediaType Type without parameters.
 */
export function readSequence(
  media: Located,
  { mediaType, direction, references }: {
    readonly mediaType: string;
    readonly direction: "request" | "response";
    readonly references: References;
  },
): ItemsModel | undefined {
  const codec = CODECS.get(mediaType) ?? (mediaType.endsWith("+json-seq") ? "sequence" : undefined);
  const itemSchema = child(media, "itemSchema");
  const schema = child(media, "schema");
  const { diagnostics } = references;
  if (codec === undefined || (codec === "events" && direction === "request")) {
    if (itemSchema !== undefined) {
      const reason = codec === undefined
        ? "The media type has no items that are read one by one"
        : "Events of a request are read as one text";
      diagnostics.warn(itemSchema.pointer, `${reason}; the schema is ignored`);
    }
    return undefined;
  }
  if (itemSchema !== undefined && schema !== undefined) {
    diagnostics.warn(schema.pointer, "Items are validated one by one by itemSchema; this schema is ignored");
  }
  const target = schema === undefined ? undefined : references.follow(schema);
  const types = typesOf(target);
  if (itemSchema === undefined && isBinary(target?.value)) return undefined;
  const isList = itemSchema === undefined && types.includes("array");
  const item = itemSchema ?? (isList && target !== undefined ? child(target, "items") : schema);
  if (codec === "events") {
    const isText = itemSchema === undefined && types.includes("string");
    return { codec, ...eventSchema(isText ? undefined : item, { isEvent: item !== schema, references }) };
  }
  if (itemSchema === undefined && types.includes("string")) return undefined;
  return { codec, schema: item };
}

function typesOf(schema: Located | undefined): readonly unknown[] {
  const type = member(schema?.value, "type");
  return isArray(type) ? type : [type];
}

import type { JsonValue } from "@archway/server/operation.ts";
import {
  child,
  elements,
  isArray,
  isObject,
  type Located,
  member,
  textMember,
} from "../document/json_value.ts";
import type { References } from "../document/references.ts";
import { ANNOTATIONS } from "../schemas/schema_walk.ts";

/** Schema of the events of a stream, as a handler returns them. */
export interface EventSchema {
  /** Undefined for any item. */
  readonly schema: Located | undefined;
  /** "json" if the data of all events is JSON, texts included. */
  readonly data?: "json";
  /** Schemas in the document that `schema` was made of; absent if it is one of the document. */
  readonly sources?: readonly Located[];
}

const FIELDS = { event: { type: "string" }, id: { type: "string" }, retry: { type: "integer", minimum: 0 } };
const COMPOSITION = ["allOf", "anyOf", "oneOf"];
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/;

/**
 * Returns the schema of events from that of an item. Data is text unless its `contentMediaType` is JSON, in which case a
 * handler returns a value of its `contentSchema` (OpenAPI 3.2, section 4.14.3.2).
 *
 * @param isEvent Whether the schema describes the fields of an event; if not, it describes its data as JSON.
 */
export function eventSchema(
  item: Located | undefined,
  { isEvent, references }: { readonly isEvent: boolean; readonly references: References },
): EventSchema {
  if (item === undefined) return eventOf({ value: { type: "string" }, pointer: "" });
  const data = [...dataSchemas(item, { references, seen: new Set() })];
  if (!isEvent || data.length === 0) {
    const isText = isTextual(item, references);
    return { ...eventOf(item), ...(isText ? {} : { data: "json" }), sources: [item] };
  }
  const json = data.filter((schema) => !isTextual(schema, references));
  if (json.length === 0) return { schema: item };
  const isMixed = json.length < data.length;
  return {
    schema: { value: withJsonData(item, { references, isMixed, seen: [] }), pointer: item.pointer },
    ...(isMixed ? {} : { data: "json" }),
    sources: [item, ...json.map((schema) => child(schema, "contentSchema") ?? schema)],
  };
}

/** Returns the schema of an event with this data. */
function eventOf({ value, pointer }: Located): EventSchema {
  const properties = { ...FIELDS, data: value };
  const event = { type: "object", properties, required: ["data"], additionalProperties: false };
  return { schema: { value: event, pointer }, sources: [] };
}

/** Yields the schemas of the property `data`, also of schemas that are combined. */
function* dataSchemas(
  schema: Located,
  { references, seen }: { readonly references: References; readonly seen: Set<string> },
): Generator<Located> {
  if (seen.has(schema.pointer)) return;
  seen.add(schema.pointer);
  const properties = child(schema, "properties");
  const data = properties === undefined ? undefined : child(properties, "data");
  if (data !== undefined) yield data;
  const ref = textMember(schema.value, "$ref");
  const target = ref === undefined ? undefined : references.target(ref, `${schema.pointer}/$ref`);
  const found = target === undefined ? undefined : references.at(target);
  if (found !== undefined) yield* dataSchemas(found, { references, seen });
  for (const keyword of COMPOSITION) {
    for (const part of elements(schema, keyword)) yield* dataSchemas(part, { references, seen });
  }
}

/** Whether data of the schema is text: any, unless it is declared as JSON or of other types. */
function isTextual(schema: Located, references: References): boolean {
  const { value } = references.follow(schema) ?? schema;
  const mediaType = textMember(value, "contentMediaType");
  if (mediaType !== undefined && JSON_TYPE.test(mediaType)) return false;
  const type = member(value, "type");
  if (type !== undefined) return isArray(type) ? type.includes("string") : type === "string";
  const only = member(value, "const");
  if (only !== undefined) return typeof only === "string";
  const values = member(value, "enum");
  if (isArray(values)) return values.some((item) => typeof item === "string");
  return !["properties", "items", ...COMPOSITION].some((keyword) => member(value, keyword) !== undefined);
}

interface WithJsonDataOptions {
  readonly references: References;
  /** Whether the data of some events is text. */
  readonly isMixed: boolean;
  /** Pointers of the references that are being replaced by their targets. */
  readonly seen: readonly string[];
}

/** Returns the schema of an event with the values of JSON data in place of their texts. */
function withJsonData(schema: Located, options: WithJsonDataOptions): JsonValue {
  const { references, seen } = options;
  if (!isObject(schema.value)) return schema.value;
  const { $ref: ref, ...rest } = schema.value;
  const members = Object.entries(rest).map(([keyword, value]): [string, JsonValue] => {
    const inner = { value, pointer: `${schema.pointer}/${keyword}` };
    if (COMPOSITION.includes(keyword) && isArray(value)) {
      return [keyword, [...elements(schema, keyword)].map((part) => withJsonData(part, options))];
    }
    const data = keyword === "properties" ? child(inner, "data") : undefined;
    if (data === undefined || !isObject(value)) return [keyword, value];
    return [keyword, { ...value, data: dataValue(data, options) }];
  });
  const own = Object.fromEntries(members);
  if (typeof ref !== "string") return own;
  const pointer = references.target(ref, `${schema.pointer}/$ref`);
  const target = pointer === undefined ? undefined : references.at(pointer);
  if (target === undefined || seen.includes(target.pointer)) return schema.value;
  const replaced = withJsonData(target, { ...options, seen: [...seen, target.pointer] });
  if (Object.keys(own).length === 0) return replaced;
  const { allOf } = own;
  return { ...own, allOf: [...isArray(allOf) ? allOf : [], replaced] };
}

function dataValue(data: Located, { references, isMixed }: WithJsonDataOptions): JsonValue {
  const { value } = references.follow(data) ?? data;
  if (!isTextual(data, references)) {
    return textMember(value, "contentMediaType") === undefined
      ? data.value
      : member(value, "contentSchema") ?? true;
  }
  // Beside JSON, the data of a common part is no assertion of the type of the others.
  const isPlain = isObject(value) &&
    Object.keys(value).every((keyword) => keyword === "type" || ANNOTATIONS.includes(keyword));
  return isMixed && isPlain ? true : data.value;
}

import type { DocumentText } from "../document_text.ts";
import type { Field } from "../field.ts";
import { fieldSchema, schemaName } from "../field_schema.ts";
import { capitalized, type Spellings, spellingsOf } from "../names.ts";
import { NewError } from "../usage_error.ts";

/** Event to be added. */
export interface PlannedEvent {
  /** Such as "order.shipped". */
  readonly type: string;
  /** Resource that it is about, such as "order". */
  readonly resource: Spellings;
  /** Domain type and schema of the resource, such as "Order". */
  readonly schema: string;
  /** Properties of the resource that its data has, besides the id. */
  readonly names: readonly string[];
  /** Other properties of its data. */
  readonly fields: readonly Field[];
}

/** Returns the name of the property with the id of the resource, such as "orderId". */
export function idOf({ camel }: Spellings): string {
  return `${camel}Id`;
}

/**
 * Adds an event to the webhooks of a document, with its schemas.
 *
 * @throws {NewError} if it exists, or the resource has no such property.
 */
export function addEvent(document: DocumentText, event: PlannedEvent): void {
  const { type, resource, schema } = event;
  const { pascal, words } = spellingsOf(type.replaceAll(".", "-"));
  if (document.keys("webhooks")?.includes(type) === true) {
    throw new NewError(`${document.path} has an event ${type} already`);
  }
  const taken = [pascal, `${pascal}Data`].find((name) =>
    document.keys("components", "schemas")?.includes(name)
  );
  if (taken !== undefined) {
    throw new NewError(`${document.path} has a schema ${taken} already; nothing was written`);
  }
  const tags = tagEvents(document) ? "\n    tags: [events]" : "";
  document.insert(
    ["webhooks"],
    `${type}:
  post:
    summary: ${capitalized(words)}${tags}
    security: []
    parameters:
      - $ref: "common.yaml#/components/parameters/MessageId"
      - $ref: "common.yaml#/components/parameters/MessageTimestamp"
      - $ref: "common.yaml#/components/parameters/MessageSignature"
    requestBody:
      required: true
      content: { application/json: { schema: { $ref: "#/components/schemas/${pascal}" } } }
    responses:
      "2XX": { $ref: "common.yaml#/components/responses/EventReceived" }
`,
    "components",
  );
  const own = { singular: { ...spellingsOf(type.replaceAll(".", "-")), words: "event" }, one: "an event" };
  const properties = [
    `    ${idOf(resource)}: { type: string, format: uuid }\n`,
    ...event.names.map((name) => propertyOf(document, { name, schema })),
    ...event.fields.map((field) =>
      `    ${field.name.camel}: { $ref: "#/components/schemas/${schemaName(field, own)}" }\n`
    ),
  ];
  const required = [idOf(resource), ...event.names, ...event.fields.map(({ name }) => name.camel)];
  const add = (text: string): void => document.insert(["components", "schemas"], text);
  for (const field of event.fields) add(fieldSchema(field, own).replaceAll(/^ {4}/gm, ""));
  add(`${pascal}Data:
  type: object
  additionalProperties: false
  required: [${required.join(", ")}]
  properties:
${properties.join("")}`);
  add(`${pascal}:
  type: object
  additionalProperties: false
  required: [type, timestamp, id, data]
  properties:
    type: { type: string, enum: [${type}] }
    timestamp: { $ref: "common.yaml#/components/schemas/EventTime" }
    id: { $ref: "common.yaml#/components/schemas/EventId" }
    data: { $ref: "#/components/schemas/${pascal}Data" }
`);
}

/** Returns the schema of a property of the resource, as the document has it. */
function propertyOf(
  document: DocumentText,
  { name, schema }: { readonly name: string; readonly schema: string },
): string {
  const at = ["components", "schemas", schema];
  const required = document.value(...at, "required");
  const known = Array.isArray(required) ? required.map(String) : [];
  const source = document.source(...at, "properties", name);
  if (known.includes(name) && source !== undefined) return source.replaceAll(/^(?=.)/gm, "    ");
  throw new NewError(
    `${schema} of ${document.path} has no required property ${name}; expected one of: ${
      known.join(", ")
    }. A property ` +
      `of the event alone needs a type, such as --field '${name}:text'`,
  );
}

/** Adds the tag of events to the list of tags, if the document has one in the form of the project. */
function tagEvents(document: DocumentText): boolean {
  const tags = document.value("tags");
  if (!Array.isArray(tags)) return false;
  if (tags.some((tag: unknown) => tag instanceof Object && Reflect.get(tag, "name") === "events")) {
    return true;
  }
  const list = /^tags:\n(?: {2}.*\n)+/m.exec(document.text)?.[0];
  if (list === undefined) return false;
  document.replace(list, `${list}  - name: events\n    description: Events posted to webhooks\n`);
  return true;
}

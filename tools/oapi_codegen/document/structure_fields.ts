/**
 * Types of fields: a basic one, an object of {@link OBJECTS}, or a list `[…]` or map `{…}` of either. `any` fields are
 * checked elsewhere, or not at all.
 */
export type FieldType = string;

/** Object of the specification: its fields, and the missing ones that are reported. */
export interface ObjectFields {
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly expected?: readonly string[];
  /** Whether nothing that is generated depends on it, so that its errors are warnings. */
  readonly isDescriptive?: boolean;
  /** Whether it may be a reference in place of its fields. */
  readonly isReferable?: boolean;
}

const TEXTS = (names: string): Record<string, FieldType> =>
  Object.fromEntries(names.split(" ").map((name) => [name, "text"]));
const all = (names: string, type: FieldType): Record<string, FieldType> =>
  Object.fromEntries(names.split(" ").map((name) => [name, type]));

const VALUE = {
  ...{ description: "text", required: "flag", deprecated: "flag", style: "text", explode: "flag" },
  ...{
    allowReserved: "flag",
    schema: "schema",
    content: "{mediaType}",
    example: "any",
    examples: "{example}",
  },
};

/** Objects of OpenAPI 3.1 and 3.2 (3.2, section 4). */
export const OBJECTS: Readonly<Record<string, ObjectFields>> = {
  document: {
    fields: {
      ...{ openapi: "text", $self: "text", info: "info", jsonSchemaDialect: "text", servers: "[server]" },
      ...{ paths: "{pathItem}", webhooks: "{pathItem}", components: "components", security: "[{any}]" },
      ...{ tags: "[tag]", externalDocs: "externalDocs" },
    },
    expected: ["info"],
  },
  info: {
    fields: {
      ...TEXTS("title summary description termsOfService version"),
      ...{ contact: "contact", license: "license" },
    },
    expected: ["title", "version"],
    isDescriptive: true,
  },
  contact: { fields: TEXTS("name url email"), isDescriptive: true },
  license: { fields: TEXTS("name identifier url"), isDescriptive: true },
  server: {
    fields: { ...TEXTS("url description name"), variables: "{serverVariable}" },
    expected: ["url"],
  },
  serverVariable: { fields: { ...TEXTS("default description"), enum: "[text]" }, expected: ["default"] },
  tag: {
    fields: { ...TEXTS("name summary description parent kind"), externalDocs: "externalDocs" },
    expected: ["name"],
    isDescriptive: true,
  },
  externalDocs: { fields: TEXTS("description url"), isDescriptive: true },
  components: {
    fields: {
      ...{ schemas: "{schema}", responses: "{response}", parameters: "{parameter}", examples: "{example}" },
      ...{ requestBodies: "{requestBody}", headers: "{header}", securitySchemes: "{securityScheme}" },
      ...{ links: "{link}", callbacks: "{callback}", pathItems: "{pathItem}", mediaTypes: "{mediaType}" },
    },
  },
  pathItem: {
    fields: {
      ...TEXTS("$ref summary description"),
      ...all("get put post delete options head patch trace query", "operation"),
      ...{ additionalOperations: "{operation}", servers: "[server]", parameters: "[parameter]" },
    },
  },
  operation: {
    fields: {
      ...{ tags: "[text]", summary: "text", description: "text", operationId: "text", deprecated: "flag" },
      ...{ externalDocs: "externalDocs", parameters: "[parameter]", requestBody: "requestBody" },
      ...{ responses: "{response}", callbacks: "{callback}", security: "[{any}]", servers: "[server]" },
    },
  },
  parameter: {
    fields: { ...VALUE, name: "text", in: "text", allowEmptyValue: "flag" },
    isReferable: true,
  },
  header: { fields: VALUE, isReferable: true },
  requestBody: {
    fields: { description: "text", content: "{mediaType}", required: "flag" },
    expected: ["content"],
    isReferable: true,
  },
  response: {
    fields: {
      ...{ summary: "text", description: "text", headers: "{header}" },
      ...{ content: "{mediaType}", links: "{link}" },
    },
    isReferable: true,
  },
  mediaType: {
    fields: {
      ...{ schema: "schema", itemSchema: "schema", example: "any", examples: "{example}" },
      ...{ encoding: "{encoding}", itemEncoding: "encoding", prefixEncoding: "[encoding]" },
    },
    isReferable: true,
  },
  encoding: {
    fields: {
      ...{ contentType: "text", headers: "{header}", style: "text", explode: "flag", allowReserved: "flag" },
      ...{ encoding: "{encoding}", itemEncoding: "encoding", prefixEncoding: "[encoding]" },
    },
  },
  example: {
    fields: {
      ...TEXTS("summary description externalValue serializedValue"),
      ...{ value: "any", dataValue: "any" },
    },
    isDescriptive: true,
    isReferable: true,
  },
  link: {
    fields: {
      ...TEXTS("operationRef operationId description"),
      ...{ parameters: "{any}", requestBody: "any", server: "server" },
    },
    isDescriptive: true,
    isReferable: true,
  },
  securityScheme: {
    fields: {
      ...TEXTS("type description name in scheme bearerFormat openIdConnectUrl oauth2MetadataUrl"),
      ...{ flows: "flows", deprecated: "flag" },
    },
    isReferable: true,
  },
  flows: {
    fields: all("implicit password clientCredentials authorizationCode deviceAuthorization", "flow"),
  },
  flow: {
    fields: {
      ...TEXTS("authorizationUrl deviceAuthorizationUrl tokenUrl refreshUrl"),
      scopes: "{text}",
    },
  },
  schema: {
    fields: {
      ...TEXTS("$ref $comment pattern format contentEncoding contentMediaType"),
      ...all(
        "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains",
        "count",
      ),
      ...all("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf", "number"),
      ...{ uniqueItems: "flag", required: "[text]", enum: "[any]", dependentRequired: "{[text]}" },
      ...all("properties patternProperties $defs dependentSchemas", "{schema}"),
      ...all("allOf anyOf oneOf prefixItems", "[schema]"),
      ...all("additionalProperties contains else if items not propertyNames then", "schema"),
      ...all("unevaluatedItems unevaluatedProperties contentSchema", "schema"),
      ...{ discriminator: "discriminator", xml: "xml", externalDocs: "externalDocs" },
    },
  },
  discriminator: {
    fields: { ...TEXTS("propertyName defaultMapping"), mapping: "{text}" },
    isDescriptive: true,
  },
  xml: {
    fields: { ...TEXTS("name namespace prefix nodeType"), attribute: "flag", wrapped: "flag" },
    isDescriptive: true,
  },
};

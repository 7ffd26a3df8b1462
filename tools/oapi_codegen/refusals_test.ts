import { assert, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { GenerationError } from "./diagnostics.ts";
import { generateFiles } from "./generate_files.ts";

/** Valid document; each case below replaces one member of it. */
function acceptedDocument(): Record<string, unknown> {
  return {
    openapi: "3.1.0",
    info: { title: "T", version: "1" },
    paths: {
      "/things/{id}": {
        get: {
          operationId: "getThing",
          security: [],
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
          responses: {
            "200": {
              description: "It",
              content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } },
            },
          },
        },
      },
      "/things": {
        post: {
          operationId: "createThing",
          security: [{ token: ["things:write"] }],
          requestBody: {
            content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } },
          },
          responses: { "204": { description: "Done" } },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Thing: { type: "object", properties: { name: { type: "string" } } } },
    },
  };
}

/** Replacement and the expected diagnostic. */
interface Case {
  readonly name: string;
  /** JSON Pointer of the replaced member. */
  readonly at: string;
  readonly value: unknown;
  /** Pointer of the diagnostic, and a part of its message. */
  readonly pointer: string;
  readonly says: string;
}

const GET = "/paths/~1things~1{id}/get";
const POST = "/paths/~1things/post";
const THING = "/components/schemas/Thing";
const BODY = `${POST}/requestBody/content`;
const QUERY = { name: "q", in: "query" };
const ok = { security: [], responses: { "204": { description: "Done" } } };

const CASES: readonly Case[] = [
  {
    name: "required property that is forbidden",
    at: THING,
    value: { type: "object", properties: { name: {} }, required: ["nmae"], additionalProperties: false },
    pointer: `${THING}/required/0`,
    says: "did you mean name?",
  },
  { name: "OpenAPI 3.0", at: "/openapi", value: "3.0.3", pointer: "/openapi", says: "Only OpenAPI 3.1" },
  { name: "OpenAPI 3.2", at: "/openapi", value: "3.2.0", pointer: "/openapi", says: "Only OpenAPI 3.1" },
  {
    name: "a misspelt field",
    at: `${GET}/sumary`,
    value: "x",
    pointer: `${GET}/sumary`,
    says: "did you mean summary",
  },
  {
    name: "no operationId",
    at: `${GET}/operationId`,
    value: undefined,
    pointer: GET,
    says: "operationId is missing",
  },
  {
    name: "an operation that does not say who may call it",
    at: `${GET}/security`,
    value: undefined,
    pointer: GET,
    says: "has no security",
  },
  {
    name: "a document that makes every operation public",
    at: "/security",
    value: [],
    pointer: "/security",
    says: "declared per operation",
  },
  {
    name: "a scheme that is not there",
    at: `${POST}/security`,
    value: [{ key: [] }],
    pointer: `${POST}/security/0/key`,
    says: "Unknown scheme",
  },
  {
    name: "a scheme of the whole document that is not there",
    at: "/security",
    value: [{ toString: [] }],
    pointer: "/security/0/toString",
    says: "Unknown scheme",
  },
  {
    name: "security that is optional",
    at: `${POST}/security`,
    value: [{ token: [] }, {}],
    pointer: `${POST}/security/1`,
    says: "Optional security is not supported",
  },
  {
    name: "two schemes together",
    at: `${POST}/security`,
    value: [{ token: [], other: [] }],
    pointer: `${POST}/security/0`,
    says: "list them as alternatives",
  },
  {
    name: "a scope that no header can carry",
    at: `${POST}/security`,
    value: [{ token: ["things:read", 'all "things"'] }],
    pointer: `${POST}/security/0/token/1`,
    says: "visible ASCII",
  },
  {
    name: "an API key",
    at: "/components/securitySchemes/token",
    value: { type: "apiKey", in: "header", name: "X-Key" },
    pointer: "/components/securitySchemes/token",
    says: "is not supported",
  },
  {
    name: "basic authentication",
    at: "/components/securitySchemes/token/scheme",
    value: "basic",
    pointer: "/components/securitySchemes/token",
    says: "is not supported",
  },
  {
    name: "OAuth flows",
    at: "/components/securitySchemes/token",
    value: { type: "oauth2", flows: {} },
    pointer: "/components/securitySchemes/token",
    says: "is not supported",
  },
  {
    name: "a second scheme",
    at: "/components/securitySchemes/other",
    value: { type: "http", scheme: "bearer" },
    pointer: "/components/securitySchemes/other",
    says: "second scheme",
  },
  {
    name: "an operationId that is no identifier",
    at: `${GET}/operationId`,
    value: "get-thing",
    pointer: `${GET}/operationId`,
    says: "must be an identifier",
  },
  {
    name: "an operationId of every object",
    at: `${GET}/operationId`,
    value: "constructor",
    pointer: `${GET}/operationId`,
    says: "must be an identifier",
  },
  {
    name: "one operationId twice",
    at: `${GET}/operationId`,
    value: "createThing",
    pointer: `${POST}/operationId`,
    says: "rename one",
  },
  {
    name: "operationIds that differ in case",
    at: `${GET}/operationId`,
    value: "create_thing",
    pointer: `${POST}/operationId`,
    says: "rename one",
  },
  {
    name: "paths that match the same",
    at: "/paths/~1things~1{key}",
    value: {
      get: {
        operationId: "other",
        parameters: [{ name: "key", in: "path", required: true, schema: { type: "string" } }],
        ...ok,
      },
    },
    pointer: "/paths/~1things~1{key}",
    says: "matches the same requests as /things/{id}",
  },
  {
    name: "a template within a segment",
    at: "/paths/~1a.{x}",
    value: {},
    pointer: "/paths/~1a.{x}",
    says: "whole segment",
  },
  {
    name: "a dangling reference",
    at: `${GET}/responses/404`,
    value: { $ref: "#/components/responses/None" },
    pointer: `${GET}/responses/404/$ref`,
    says: "has no target",
  },
  {
    name: "a reference to a file",
    at: `${GET}/responses/404`,
    value: { $ref: "./x.yaml#/a" },
    pointer: `${GET}/responses/404/$ref`,
    says: "other files are not supported",
  },
  {
    name: "a reference to a URL",
    at: THING,
    value: { $ref: "https://example.com/x.json" },
    pointer: `${THING}/$ref`,
    says: "other files are not supported",
  },
  {
    name: "a parameter that refers to itself",
    at: "/components/parameters",
    value: { A: { $ref: "#/components/parameters/B" }, B: { $ref: "#/components/parameters/A" } },
    pointer: "/components/parameters/A",
    says: "is circular",
  },
  {
    name: "a parameter's schema that contains itself",
    at: `${GET}/parameters/1`,
    value: {
      ...QUERY,
      schema: {
        type: "array",
        items: { $ref: `#${GET.replaceAll("{", "%7B").replaceAll("}", "%7D")}/parameters/1/schema` },
      },
    },
    pointer: `${GET}/parameters/1/schema`,
    says: "Recursive schemas",
  },
  {
    name: "a path parameter that is nowhere",
    at: `${POST}/parameters`,
    value: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
    pointer: POST,
    says: 'path parameter "id" is not in the path',
  },
  {
    name: "a template variable without parameter",
    at: `${GET}/parameters`,
    value: [],
    pointer: GET,
    says: "no path parameter",
  },
  {
    name: "an optional path parameter",
    at: `${GET}/parameters/0/required`,
    value: false,
    pointer: `${GET}/parameters/0`,
    says: "required: true",
  },
  {
    name: "a parameter twice",
    at: `${GET}/parameters/1`,
    value: { name: "id", in: "path", required: true, schema: { type: "string" } },
    pointer: `${GET}/parameters/1`,
    says: "declared twice",
  },
  {
    name: "a header that OpenAPI ignores",
    at: `${GET}/parameters/1`,
    value: { name: "Accept", in: "header", schema: { type: "string" } },
    pointer: `${GET}/parameters/1`,
    says: "ignores a header parameter",
  },
  ...["trace", "options", "head", "connect"].map((method): Case => ({
    name: `the method ${method}`,
    at: `/paths/~1things/${method}`,
    value: { operationId: "odd", ...ok },
    pointer: `/paths/~1things/${method}`,
    says: "Operations are get",
  })),
  {
    name: "a misspelt field of a path",
    at: "/paths/~1things/paramters",
    value: [],
    pointer: "/paths/~1things/paramters",
    says: "did you mean parameters",
  },
  {
    name: "a style of another location",
    at: `${GET}/parameters/0/style`,
    value: "form",
    pointer: `${GET}/parameters/0/style`,
    says: "simple or label or matrix",
  },
  {
    name: "a parameter without schema",
    at: `${GET}/parameters/1`,
    value: QUERY,
    pointer: `${GET}/parameters/1`,
    says: "give it a schema",
  },
  {
    name: "a parameter's content that is not JSON",
    at: `${GET}/parameters/1`,
    value: { ...QUERY, content: { "text/plain": { schema: { type: "string" } } } },
    pointer: `${GET}/parameters/1/content`,
    says: "only be application/json",
  },
  {
    name: "deepObject of a list",
    at: `${GET}/parameters/1`,
    value: { ...QUERY, style: "deepObject", schema: { type: "array", items: { type: "string" } } },
    pointer: `${GET}/parameters/1`,
    says: "deepObject is for type object",
  },
  {
    name: "deepObject without explode",
    at: `${GET}/parameters/1`,
    value: { ...QUERY, style: "deepObject", explode: false, schema: { type: "object" } },
    pointer: `${GET}/parameters/1`,
    says: "deepObject is for type object",
  },
  {
    name: "pipeDelimited text",
    at: `${GET}/parameters/1`,
    value: { ...QUERY, style: "pipeDelimited", explode: false, schema: { type: "string" } },
    pointer: `${GET}/parameters/1`,
    says: "pipeDelimited is for type array",
  },
  {
    name: "nested values in a parameter",
    at: `${GET}/parameters/1`,
    value: { ...QUERY, schema: { type: "array", items: { type: "array", items: { type: "string" } } } },
    pointer: `${GET}/parameters/1`,
    says: "nested values",
  },
  {
    name: "an exploded list in a cookie",
    at: `${GET}/parameters/1`,
    value: { name: "c", in: "cookie", schema: { type: "array", items: { type: "string" } } },
    pointer: `${GET}/parameters/1`,
    says: "explode: false",
  },
  {
    name: "an exploded object that hides another parameter",
    at: `${GET}/parameters`,
    value: [{ name: "id", in: "path", required: true, schema: { type: "string" } }, {
      name: "q",
      in: "query",
      schema: { type: "string" },
    }, { name: "o", in: "query", schema: { type: "object", properties: { q: { type: "string" } } } }],
    pointer: GET,
    says: "two parameters",
  },
  {
    name: "a body that no codec reads",
    at: BODY,
    value: { "application/xml": { schema: { $ref: "#/components/schemas/Thing" } } },
    pointer: `${BODY}/application~1xml`,
    says: "No codec",
  },
  {
    name: "multipart of another kind",
    at: BODY,
    value: { "multipart/mixed": { schema: { type: "object" } } },
    pointer: `${BODY}/multipart~1mixed`,
    says: "No codec",
  },
  {
    name: "a form that is not an object",
    at: BODY,
    value: { "multipart/form-data": { schema: { type: "string" } } },
    pointer: `${BODY}/multipart~1form-data`,
    says: "type object",
  },
  {
    name: "a form with an object in it",
    at: BODY,
    value: {
      "multipart/form-data": {
        schema: { type: "object", properties: { thing: { $ref: "#/components/schemas/Thing" } } },
      },
    },
    pointer: `${BODY}/multipart~1form-data`,
    says: "nested values as JSON",
  },
  {
    name: "a parameter whose type text cannot decide",
    at: `${GET}/parameters/1`,
    value: { ...QUERY, schema: { type: ["integer", "boolean"] } },
    pointer: `${GET}/parameters/1/schema`,
    says: "choose one",
  },
  {
    name: "a media type with parameters",
    at: BODY,
    value: { "application/json; v=1": { schema: {} } },
    pointer: `${BODY}/application~1json; v=1`,
    says: "without parameters",
  },
  {
    name: "bytes in JSON",
    at: `${THING}/properties/name/format`,
    value: "binary",
    pointer: `${THING}/properties/name/format`,
    says: "format: byte",
  },
  {
    name: "a body of GET",
    at: `${GET}/requestBody`,
    value: { content: { "application/json": { schema: {} } } },
    pointer: `${GET}/requestBody`,
    says: "no meaning in GET",
  },
  {
    name: "a limit without a body",
    at: `${GET}/x-max-body-bytes`,
    value: 1,
    pointer: `${GET}/x-max-body-bytes`,
    says: "no body to limit",
  },
  {
    name: "a limit that is no size",
    at: `${POST}/x-max-body-bytes`,
    value: "1 MB",
    pointer: `${POST}/x-max-body-bytes`,
    says: "number of bytes",
  },
  {
    name: "a discriminator with a mapping",
    at: THING,
    value: {
      type: "object",
      discriminator: { propertyName: "kind", mapping: { a: "#/components/schemas/Thing" } },
      oneOf: [{ properties: { kind: { const: "a" } }, required: ["kind"] }],
    },
    pointer: `${THING}/discriminator/mapping`,
    says: "give the property a const",
  },
  {
    name: "a discriminator without const",
    at: THING,
    value: {
      type: "object",
      discriminator: { propertyName: "kind" },
      oneOf: [{ properties: { kind: { type: "string" } }, required: ["kind"] }],
    },
    pointer: THING,
    says: 'must have "const" or "enum"',
  },
  {
    name: "a pattern that is no regular expression",
    at: `${THING}/properties/name/pattern`,
    value: "\\-",
    pointer: `${THING}/properties/name/pattern`,
    says: "with the u flag",
  },
  {
    name: "a default that breaks its schema",
    at: `${THING}/properties/name/default`,
    value: 5,
    pointer: `${THING}/properties/name/default`,
    says: "violates its own schema",
  },
  {
    name: "a default in a branch",
    at: THING,
    value: { oneOf: [{ type: "object", properties: { a: { type: "string", default: "x" } } }] },
    pointer: `${THING}/oneOf/0/properties/a/default`,
    says: "cannot be applied",
  },
  {
    name: "a default of an inherited name",
    at: `${THING}/properties/toString`,
    value: { type: "string", default: "x" },
    pointer: `${THING}/properties/toString/default`,
    says: "rename the property",
  },
  {
    name: "a property called __proto__",
    at: `${THING}/properties`,
    value: JSON.parse('{"__proto__":{"type":"string"}}'),
    pointer: `${THING}/properties/__proto__`,
    says: "rename the property",
  },
  {
    name: "a misspelt keyword",
    at: `${THING}/properties/name/minLenght`,
    value: 1,
    pointer: `${THING}/properties/name/minLenght`,
    says: "did you mean minLength?",
  },
  {
    name: "a keyword of the wrong kind",
    at: `${THING}/properties/name/minLength`,
    value: "1",
    pointer: `${THING}/properties/name/minLength`,
    says: "integer",
  },
  {
    name: "nullable",
    at: `${THING}/properties/name/nullable`,
    value: true,
    pointer: `${THING}/properties/name/nullable`,
    says: "type: [string, 'null']",
  },
  {
    name: "exclusiveMinimum of 3.0",
    at: `${THING}/properties/n`,
    value: { type: "integer", minimum: 0, exclusiveMinimum: true },
    pointer: `${THING}/properties/n/exclusiveMinimum`,
    says: "the limit itself",
  },
  {
    name: "an unknown format",
    at: `${THING}/properties/name/format`,
    value: "e-mail",
    pointer: `${THING}/properties/name/format`,
    says: "did you mean email?",
  },
  {
    name: "an open tuple",
    at: `${THING}/properties/t`,
    value: { type: "array", prefixItems: [{ type: "string" }] },
    pointer: THING,
    says: "prefixItems",
  },
  { name: "an $id", at: `${THING}/$id`, value: "x", pointer: `${THING}/$id`, says: "cannot have an $id" },
  {
    name: "x-pattern-message without pattern",
    at: `${THING}/properties/name/x-pattern-message`,
    value: "x",
    pointer: `${THING}/properties/name/x-pattern-message`,
    says: "text beside a pattern",
  },
  {
    name: "an operation without a status",
    at: `${GET}/responses`,
    value: { default: { description: "Any" } },
    pointer: GET,
    says: "declare one",
  },
  {
    name: "a status with a body that cannot have one",
    at: `${POST}/responses/204/content`,
    value: { "text/plain": {} },
    pointer: `${POST}/responses/204/content`,
    says: "no body",
  },
  {
    name: "a response header that is a list",
    at: `${POST}/responses/204/headers`,
    value: { "X-L": { schema: { type: "array" } } },
    pointer: `${POST}/responses/204/headers/X-L/schema`,
    says: "write it as text",
  },
  {
    name: "a schema called like a generated type",
    at: "/components/schemas/CreateThingRequest",
    value: { type: "object" },
    pointer: "/components/schemas/CreateThingRequest",
    says: "rename the schema",
  },
  {
    name: "a schema called like a built-in type",
    at: "/components/schemas/Record",
    value: { type: "object" },
    pointer: "/components/schemas/Record",
    says: "is not a valid TypeScript type name",
  },
  {
    name: "servers of an operation",
    at: `${GET}/servers`,
    value: [{ url: "https://example.com" }],
    pointer: `${GET}/servers`,
    says: "apply to the whole document",
  },
  {
    name: "encodings",
    at: BODY,
    value: {
      "multipart/form-data": { schema: { type: "object" }, encoding: { a: { contentType: "text/plain" } } },
    },
    pointer: `${BODY}/multipart~1form-data/encoding`,
    says: "not supported",
  },
];

function set(document: Record<string, unknown>, { at, value }: Case): void {
  const tokens = at.split("/").slice(1).map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = tokens.pop() ?? "";
  let here: object = document;
  for (const token of tokens) {
    const next: unknown = Reflect.get(here, token);
    const child = typeof next === "object" && next !== null ? next : {};
    Reflect.set(here, token, child);
    here = child;
  }
  if (value === undefined) Reflect.deleteProperty(here, last);
  else Reflect.set(here, last, value);
}

async function refusal(text: string): Promise<GenerationError> {
  try {
    await generateFiles(text, { file: "oapi/t.yaml" });
  } catch (error) {
    assertInstanceOf(error, GenerationError);
    return error;
  }
  throw new Error("The document was accepted");
}

Deno.test("generateFiles() accepts the valid document", async () => {
  const files = await generateFiles(JSON.stringify(acceptedDocument()), {
    file: "t",
  });
  assert(files.has("server.gen.ts"));
});

for (const one of CASES) {
  Deno.test(`generateFiles() rejects ${one.name}`, async () => {
    const document = acceptedDocument();
    set(document, one);
    const { diagnostics } = await refusal(JSON.stringify(document));
    const diagnostic = diagnostics.find(({ at, message }) =>
      at === one.pointer && message.includes(one.says)
    );
    assert(
      diagnostic !== undefined,
      `Expected "${one.says}" at ${one.pointer}, got ${JSON.stringify(diagnostics, undefined, 1)}`,
    );
  });
}

Deno.test("generateFiles() reports all diagnostics at once, with the file", async () => {
  const document = acceptedDocument();
  for (
    const one of CASES.filter(({ name }) => ["nullable", "no operationId", "a body of GET"].includes(name))
  ) {
    set(document, one);
  }
  const error = await refusal(JSON.stringify(document));
  assert(error.diagnostics.length >= 3, error.message);
  for (const line of error.message.split("\n")) assertStringIncludes(line, "oapi/t.yaml:1#/");
});

Deno.test("generateFiles() reports the line of a syntax error and of a duplicate key", async () => {
  const broken = await refusal("openapi: 3.1.0\ninfo: [\n");
  assert(broken.diagnostics.some(({ at }) => /^\d+:\d+$/.test(at)), broken.message);
  const twice = await refusal("openapi: 3.1.0\ninfo: {}\ninfo: {}\n");
  assert(twice.diagnostics.some(({ at }) => at.startsWith("3:")), twice.message);
});

import { assert, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { GenerationError } from "./diagnostics/diagnostics.ts";
import { generateFiles } from "./generate_files.ts";
import { acceptedDocument, setMember } from "./testing/accepted_document.ts";

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
const ok = { security: [], responses: { "204": { description: "Done" } } };

const CASES: readonly Case[] = [
  ...[
    { allOf: [{ $ref: `#${THING}` }] },
    { anyOf: [{ $ref: `#${THING}` }, { type: "null" }] },
    { not: { $ref: `#${THING}` } },
    { type: "object", if: { properties: {} }, then: { oneOf: [{ $ref: `#${THING}` }] } },
  ].map((value, index): Case => ({
    name: `a schema that applies itself to the same value, ${index}`,
    at: THING,
    value,
    pointer: THING,
    says: "applies itself",
  })),
  {
    name: "a schema that applies each of a chain twice",
    at: THING,
    value: {
      $ref: `#${THING}/$defs/D0`,
      $defs: Object.fromEntries(
        Array.from({ length: 15 }, (_, index) => {
          const next = { $ref: `#${THING}/$defs/D${index + 1}` };
          return [`D${index}`, index === 14 ? { type: "string" } : { anyOf: [next, next] }];
        }),
      ),
    },
    pointer: `${THING}/$defs/D2`,
    says: "applies more than 10000 schemas",
  },
  {
    name: "half of a surrogate pair",
    at: "/info/title",
    value: "\ud800",
    pointer: "",
    says: "surrogate pair",
  },
  {
    name: "deep nesting",
    at: THING,
    value: Array.from({ length: 300 }).reduce<unknown>((items) => ({ items }), { type: "string" }),
    pointer: "",
    says: "nested deeper",
  },
  { name: "Swagger 2.0", at: "/swagger", value: "2.0", pointer: "/swagger", says: "convert the document" },
  {
    name: "a number of Swagger",
    at: "/swagger",
    value: 2,
    pointer: "/swagger",
    says: "convert the document",
  },
  { name: "no version", at: "/openapi", value: undefined, pointer: "/openapi", says: "openapi: 3.1.0" },
  {
    name: "a type of another language",
    at: THING,
    value: { type: "int" },
    pointer: `${THING}/type`,
    says: "number, object, string; did you mean integer?",
  },
  {
    name: "a misspelt type in a list",
    at: THING,
    value: { type: ["null", "strng"] },
    pointer: `${THING}/type/1`,
    says: "did you mean string?",
  },
  { name: "an unknown version", at: "/openapi", value: "4.0.0", pointer: "/openapi", says: "such as 3.1.0" },
  {
    name: "variables without text between them",
    at: "/paths/~1{a}{b}",
    value: { get: { operationId: "ab", ...ok } },
    pointer: "/paths/~1{a}{b}",
    says: "text between them",
  },
  {
    name: "required property that is forbidden",
    at: THING,
    value: { type: "object", properties: { name: {} }, required: ["nmae"], additionalProperties: false },
    pointer: `${THING}/required/0`,
    says: "did you mean name?",
  },
  {
    name: "a misspelt field",
    at: `${GET}/sumary`,
    value: "x",
    pointer: `${GET}/sumary`,
    says: "did you mean summary",
  },
  {
    name: "an operation that does not say who may call it",
    at: `${GET}/security`,
    value: undefined,
    pointer: GET,
    says: "add to options in the cfg: default-security: none or default-security: token",
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
    name: "a scope that no header can carry",
    at: `${POST}/security`,
    value: [{ token: ["things:read", 'all "things"'] }],
    pointer: `${POST}/security/0/token/1`,
    says: "visible ASCII",
  },
  {
    name: "an http scheme that the server cannot verify",
    at: "/components/securitySchemes/token/scheme",
    value: "digest",
    pointer: "/components/securitySchemes/token",
    says: 'The http scheme "digest" is not supported; use http with bearer or basic',
  },
  {
    name: "an API key without a place",
    at: "/components/securitySchemes/token",
    value: { type: "apiKey", in: "body", name: "key" },
    pointer: "/components/securitySchemes/token",
    says: "is in: header, query or cookie",
  },
  {
    name: "an API key in a header that cannot exist",
    at: "/components/securitySchemes/token",
    value: { type: "apiKey", in: "header", name: "X Key" },
    pointer: "/components/securitySchemes/token",
    says: "needs the name of its header",
  },
  {
    name: "one operationId twice",
    at: `${GET}/operationId`,
    value: "createThing",
    pointer: `${POST}/operationId`,
    says: "must be unique",
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
    pointer: "/paths/~1things~1{key}/get",
    says: "matches the same requests as that of /things/{id}",
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
    says: "URLs are not followed",
  },
  {
    name: "a parameter that refers to itself",
    at: "/components/parameters",
    value: { A: { $ref: "#/components/parameters/B" }, B: { $ref: "#/components/parameters/A" } },
    pointer: "/components/parameters/A",
    says: "is circular",
  },
  {
    name: "a path parameter with another name than the variable",
    at: `${GET}/parameters/0/name`,
    value: "key",
    pointer: GET,
    says: 'path parameter "key" is not in the path',
  },
  {
    name: "a parameter twice",
    at: `${GET}/parameters/1`,
    value: { name: "id", in: "path", required: true, schema: { type: "string" } },
    pointer: `${GET}/parameters/1`,
    says: "declared twice",
  },
  {
    name: "a misspelt field of a path",
    at: "/paths/~1things/paramters",
    value: [],
    pointer: "/paths/~1things/paramters",
    says: "did you mean parameters",
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
    name: "a pattern that is no regular expression",
    at: `${THING}/properties/name/pattern`,
    value: "(",
    pointer: `${THING}/properties/name/pattern`,
    says: "Not a regular expression",
  },
  {
    name: "a pattern that takes exponential time",
    at: `${THING}/properties/name/pattern`,
    value: "^(a+)+$",
    pointer: `${THING}/properties/name/pattern`,
    says: "exponential time",
  },
  {
    name: "a name pattern that takes exponential time",
    at: `${THING}/patternProperties`,
    value: { "^(a|a)*$": {} },
    pointer: `${THING}/patternProperties/^(a|a)*$`,
    says: "exponential time",
  },
  {
    name: "another dialect of JSON Schema",
    at: `${THING}/$schema`,
    value: "http://json-schema.org/draft-07/schema#",
    pointer: `${THING}/$schema`,
    says: "JSON Schema 2020-12",
  },
  {
    name: "a dynamic reference with several targets",
    at: "/components/schemas",
    value: {
      Thing: { $id: "thing", $dynamicAnchor: "node", properties: { next: { $dynamicRef: "#node" } } },
      Other: { $id: "other", $dynamicAnchor: "node", $ref: "thing" },
    },
    pointer: `${THING}/properties/next/$dynamicRef`,
    says: "several possible targets",
  },
  {
    name: "contains in a branch beside unevaluatedItems",
    at: THING,
    value: { unevaluatedItems: false, anyOf: [{ contains: { type: "string" } }, { maxItems: 1 }] },
    pointer: `${THING}/anyOf/0/contains`,
    says: "contains in a branch",
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
    name: "exclusiveMinimum of 3.0",
    at: `${THING}/properties/n`,
    value: { type: "integer", minimum: 0, exclusiveMinimum: true },
    pointer: `${THING}/properties/n/exclusiveMinimum`,
    says: "the limit itself",
  },
  {
    name: "x-pattern-message without pattern",
    at: `${THING}/properties/name/x-pattern-message`,
    value: "x",
    pointer: `${THING}/properties/name/x-pattern-message`,
    says: "text beside a pattern",
  },
];

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
  const { files } = await generateFiles(JSON.stringify(acceptedDocument()), {
    file: "t",
  });
  assert(files.has("server.gen.ts"));
});

for (const one of CASES) {
  Deno.test(`generateFiles() rejects ${one.name}`, async () => {
    const document = acceptedDocument();
    setMember(document, one);
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
    const one of CASES.filter(({ name }) =>
      ["required property that is forbidden", "one operationId twice", "paths that match the same"].includes(
        name,
      )
    )
  ) {
    setMember(document, one);
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

import { assert, assertMatch } from "@std/assert";
import { generateFiles } from "../generate_files.ts";
import { acceptedDocument, setMember } from "../testing/accepted_document.ts";

/** Replacement, the expected warning, and what is generated instead. */
interface Case {
  readonly name: string;
  /** JSON Pointer of the replaced member. */
  readonly at: string;
  readonly value: unknown;
  /** Pointer of the warning, and a part of its message. */
  readonly pointer: string;
  readonly says: string;
  readonly generated: RegExp;
}

const GET = "/paths/~1things~1{id}/get";
const POST = "/paths/~1things/post";
const THING = "/components/schemas/Thing";
const BODY = `${POST}/requestBody/content`;
const QUERY = { name: "q", in: "query" };
const LIST = { type: "array", items: { type: "string" } };
const PARAMETER = `${GET}/parameters/1`;

const CASES: readonly Case[] = [
  {
    name: "an optional path parameter",
    at: `${GET}/parameters/0/required`,
    value: false,
    pointer: `${GET}/parameters/0`,
    says: "always required",
    generated: /readonly id: string;/,
  },
  {
    name: "a path parameter that is nowhere",
    at: `${POST}/parameters`,
    value: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
    pointer: POST,
    says: 'path parameter "id" is not in the path',
    generated: /path: "\/things",\n *parameters: \[\]/,
  },
  {
    name: "a style of another location",
    at: `${GET}/parameters/0/style`,
    value: "form",
    pointer: `${GET}/parameters/0/style`,
    says: "read in the style simple",
    generated: /name: "id", in: "path", required: true, style: "simple"/,
  },
  {
    name: "a parameter without schema",
    at: PARAMETER,
    value: QUERY,
    pointer: PARAMETER,
    says: "passed as text",
    generated: /q\?: string;/,
  },
  {
    name: "a parameter's content that is not JSON",
    at: PARAMETER,
    value: { ...QUERY, content: { "text/csv": { schema: LIST } } },
    pointer: `${PARAMETER}/content/text~1csv`,
    says: "passed as text",
    generated: /q\?: string;/,
  },
  {
    name: "a parameter's content of two types",
    at: PARAMETER,
    value: { ...QUERY, content: { "text/csv": { schema: LIST }, "application/json": { schema: LIST } } },
    pointer: `${PARAMETER}/content`,
    says: "only application/json is read",
    generated: /q\?: string\[\];/,
  },
  {
    name: "deepObject of a text",
    at: PARAMETER,
    value: { ...QUERY, style: "deepObject", schema: { type: "string" } },
    pointer: PARAMETER,
    says: "deepObject is for objects",
    generated: /name: "q", in: "query", required: false, style: "form"/,
  },
  {
    name: "deepObject without explode",
    at: PARAMETER,
    value: { ...QUERY, style: "deepObject", explode: false, schema: { type: "object" } },
    pointer: PARAMETER,
    says: "always exploded",
    generated: /style: "deepObject", explode: true/,
  },
  {
    name: "pipeDelimited text",
    at: PARAMETER,
    value: { ...QUERY, style: "pipeDelimited", explode: false, schema: { type: "string" } },
    pointer: PARAMETER,
    says: "pipeDelimited is for lists",
    generated: /name: "q", in: "query", required: false, style: "form"/,
  },
  {
    name: "a delimiter of an exploded list",
    at: PARAMETER,
    value: { ...QUERY, style: "pipeDelimited", explode: true, schema: LIST },
    pointer: PARAMETER,
    says: "repeated parameter",
    generated: /style: "form", explode: true, shape: \{ kind: "array"/,
  },
  {
    name: "nested values in a parameter",
    at: PARAMETER,
    value: { ...QUERY, schema: { type: "array", items: LIST } },
    pointer: PARAMETER,
    says: "read as JSON text",
    generated: /name: "q"[^\n]*content: "json"/,
  },
  {
    name: "a parameter's schema that contains itself",
    at: PARAMETER,
    value: {
      ...QUERY,
      schema: { type: "array", items: { $ref: "#/paths/~1things~1%7Bid%7D/get/parameters/1/schema" } },
    },
    pointer: PARAMETER,
    says: "read as JSON text",
    generated: /name: "q"[^\n]*content: "json"/,
  },
  {
    name: "multipart of another kind",
    at: BODY,
    value: { "multipart/mixed": { schema: { type: "object" } } },
    pointer: `${BODY}/multipart~1mixed`,
    says: "passed as bytes",
    generated: /contentType: "multipart\/mixed"; readonly body: globalThis.Uint8Array/,
  },
  {
    name: "a form that is not an object",
    at: BODY,
    value: { "multipart/form-data": { schema: { type: "string" } } },
    pointer: `${BODY}/multipart~1form-data`,
    says: "passed as bytes",
    generated: /contentType: "multipart\/form-data"; readonly body: globalThis.Uint8Array/,
  },
  {
    name: "a type of a vendor with a schema of JSON",
    at: BODY,
    value: { "application/vnd.x.v2": { schema: { $ref: `#${THING}` } } },
    pointer: `${BODY}/application~1vnd.x.v2`,
    says: "passed as JSON",
    generated: /mediaType: "application\/vnd.x.v2", codec: "json", validate/,
  },
  {
    name: "a binary type of a vendor",
    at: BODY,
    value: { "application/vnd.x.protobuf": { schema: { $ref: `#${THING}` } } },
    pointer: `${BODY}/application~1vnd.x.protobuf`,
    says: "passed as bytes",
    generated: /mediaType: "application\/vnd.x.protobuf", codec: "binary"/,
  },
  {
    name: "headers of a part",
    at: BODY,
    value: {
      "multipart/form-data": {
        schema: { type: "object", properties: { a: { type: "string" } } },
        encoding: { a: { headers: { "X-A": {} } } },
      },
    },
    pointer: `${BODY}/multipart~1form-data/encoding/a/headers`,
    says: "are ignored",
    generated: /codec: "multipart"/,
  },
  {
    name: "an encoding of no property",
    at: BODY,
    value: {
      "multipart/form-data": { schema: { type: "object" }, encoding: { a: { contentType: "text/plain" } } },
    },
    pointer: `${BODY}/multipart~1form-data/encoding/a`,
    says: "no such property",
    generated: /codec: "multipart"/,
  },
  {
    name: "a part of XML",
    at: BODY,
    value: {
      "multipart/form-data": {
        schema: { type: "object", properties: { thing: { $ref: `#${THING}` } } },
        encoding: { thing: { contentType: "application/xml" } },
      },
    },
    pointer: `${BODY}/multipart~1form-data/encoding/thing/contentType`,
    says: "read as JSON",
    generated: /thing: \{ kind: "json" \}/,
  },
  {
    name: "bytes in JSON",
    at: `${THING}/properties/name/format`,
    value: "binary",
    pointer: `${THING}/properties/name/format`,
    says: "The value is text",
    generated: /name\?: string;/,
  },
  {
    name: "an operation without a status",
    at: `${GET}/responses`,
    value: { "4XX": { description: "An error" } },
    pointer: GET,
    says: "204 without content",
    generated: /status: 204;/,
  },
  {
    name: "an operation without responses",
    at: `${GET}/responses`,
    value: undefined,
    pointer: GET,
    says: "204 without content",
    generated: /status: 204;/,
  },
  {
    name: "a response that is not the last",
    at: `${GET}/responses/102`,
    value: { description: "Working" },
    pointer: `${GET}/responses/102`,
    says: "from 200 on",
    generated: /status: 200;/,
  },
  {
    name: "a status with a body that cannot have one",
    at: `${POST}/responses/204/content`,
    value: { "text/plain": {} },
    pointer: `${POST}/responses/204/content`,
    says: "no body",
    generated: /status: 204;\n *readonly headers\?: never;\n *readonly contentType\?: never;/,
  },
  {
    name: "a body of GET",
    at: `${GET}/requestBody`,
    value: { content: { "application/json": { schema: {} } } },
    pointer: `${GET}/requestBody`,
    says: "A GET has no body",
    generated: /getThing/,
  },
  {
    name: "HEAD without GET",
    at: "/paths/~1things/head",
    value: { security: [], responses: { "204": { description: "Done" } } },
    pointer: "/paths/~1things/head",
    says: "only where GET is",
    generated: /createThing/,
  },
  {
    name: "a body without a media type",
    at: BODY,
    value: {},
    pointer: `${POST}/requestBody`,
    says: "no media type",
    generated: /createThing/,
  },
];

for (const one of CASES) {
  Deno.test(`generateFiles() warns of ${one.name}`, async () => {
    const document = acceptedDocument();
    setMember(document, one);
    const { files, warnings } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml" });
    const found = warnings.some(({ at, message }) => at === one.pointer && message.includes(one.says));
    assert(found, `Expected "${one.says}" at ${one.pointer}, got ${JSON.stringify(warnings, undefined, 1)}`);
    assertMatch(files.get("server.gen.ts") ?? "", one.generated);
  });
}

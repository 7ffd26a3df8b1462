import { assertEquals } from "@std/assert";
import { bundleDocument } from "../oapi_codegen/document/bundle_document.ts";
import { compareDocuments } from "./compare_documents.ts";

const DOCUMENT = `
openapi: 3.1.0
info: { title: Books, version: 1.0.0 }
servers: [{ url: https://books.example }]
security: [{ bearer: [read] }]
paths:
  /books/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
    get:
      operationId: getBook
      parameters:
        - { name: lang, in: query, schema: { type: string, enum: [en, de] } }
        - { name: tag, in: query, schema: { type: string } }
      responses:
        "200":
          description: The book
          headers: { ETag: { required: true, schema: { type: string } } }
          content: { application/json: { schema: { $ref: "#/components/schemas/Book" } } }
        "404": { description: Missing }
    put:
      operationId: putBook
      requestBody:
        content: { application/json: { schema: { $ref: "#/components/schemas/Book" } } }
      responses: { "204": { description: Done } }
    delete:
      operationId: deleteBook
      deprecated: true
      x-sunset: 2026-06-30
      responses: { "204": { description: Gone } }
webhooks:
  sold:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Sale" } } } }
      responses: { "204": { description: Seen } }
components:
  securitySchemes: { bearer: { type: http, scheme: bearer } }
  schemas:
    Book:
      type: object
      required: [title]
      properties:
        id: { type: string, readOnly: true }
        title: { type: string, maxLength: 100 }
        pages: { type: integer, minimum: 1 }
        kind: { type: string, enum: [novel, comic] }
        sequel: { $ref: "#/components/schemas/Book" }
        cover: { oneOf: [{ $ref: "#/components/schemas/Image" }, { $ref: "#/components/schemas/Link" }] }
    Image: { type: object, required: [data], properties: { data: { type: string } } }
    Link: { type: object, required: [href], properties: { href: { type: string } } }
    Sale: { type: object, required: [book], properties: { book: { type: string }, price: { type: number } } }
`;

async function bundle(text: string): Promise<Parameters<typeof compareDocuments>[0]["before"]> {
  return (await bundleDocument(text, { file: "books.yaml" })).document;
}

/** Returns `level message` of each change that replacing a text of the document makes. */
async function changes(
  from: string | RegExp,
  to: string,
  document: string = DOCUMENT,
): Promise<readonly string[]> {
  const edited = document.replace(from, to);
  if (edited === document) throw new Error(`No ${from} in the document`);
  const found = compareDocuments({
    before: await bundle(document),
    after: await bundle(edited),
    today: "2026-03-01",
  });
  return found.map(({ level, message }) => `${level} ${message}`);
}

/** Edits of {@link DOCUMENT} and the changes they make. */
const CASES: readonly (readonly [from: string | RegExp, to: string, expected: readonly string[]])[] = [
  // Schemas that requests and responses share.
  ["maxLength: 100", "maxLength: 80", [
    "breaking Book.title: maxLength changed from 100 to 80",
    "safe Book.title: maxLength changed from 100 to 80",
  ]],
  [", maxLength: 100", "", [
    "breaking Book.title: maxLength 100 removed",
    "safe Book.title: maxLength 100 removed",
  ]],
  ["[novel, comic]", "[novel, comic, poem]", [
    'breaking Book.kind: value "poem" added',
    'safe Book.kind: value "poem" added',
  ]],
  ["pages: { type: integer", "pages: { type: string", [
    "breaking Book.pages: type changed from integer to string",
  ]],
  ["pages: { type: integer, minimum: 1 }", "pages: { type: integer, exclusiveMinimum: 0 }", [
    "breaking Book.pages: minimum changed from 1 to 0 (excluded)",
    "safe Book.pages: minimum changed from 1 to 0 (excluded)",
  ]],
  ["pages: { type: integer", 'pages: { type: [integer, "null"]', [
    "breaking Book.pages: null is now allowed",
    "safe Book.pages: null is now allowed",
  ]],
  ["required: [title]", "required: [title, pages]", [
    "breaking Book: property pages is now required",
    "safe Book: property pages is now required",
  ]],
  ["required: [title]", "additionalProperties: false\n      required: [title]", [
    "breaking Book: other properties are no longer allowed",
    "safe Book: other properties are no longer allowed",
  ]],
  [/ +pages: .*\n/, "", ["risky Book.pages: property removed"]],
  ["title: { type: string, maxLength: 100 }", "subtitle: {}", [
    "breaking Book.title: required property removed",
    "risky Book.title: property removed",
    "safe Book.subtitle: property added",
  ]],
  ["pages:", "isbn: { type: string }\n        pages:", ["safe Book.isbn: property added"]],
  [", readOnly: true", "", ["safe Book.id: property added"]],
  ["readOnly: true", "readOnly: true, pattern: a", ["safe Book.id: pattern a added"]],
  [', { $ref: "#/components/schemas/Link" }]', "]", [
    "breaking Book.cover: alternative Link removed",
  ]],
  [
    '"#/components/schemas/Link" }]',
    '"#/components/schemas/Link" }, { $ref: "#/components/schemas/Sale" }]',
    [
      "breaking Book.cover: alternative Sale added",
      "safe Book.cover: alternative Sale added",
    ],
  ],
  ["title: { type: string, maxLength: 100 }", "title: { allOf: [{ type: string }, { maxLength: 100 }] }", []],
  // Operations and their parts.
  [/ +delete:\n(?: {6}.*\n)+/, "", ["breaking operation removed before its sunset 2026-06-30"]],
  ["x-sunset: 2026-06-30", "x-sunset: 2026-05-31", [
    "breaking sunset moved from 2026-06-30 to the earlier 2026-05-31",
  ]],
  ["operationId: getBook", "operationId: readBook", [
    "risky operationId changed from getBook to readBook: generated clients change",
  ]],
  [/(?<=\{|name: )id/g, "book", ["risky path parameter book renamed from id: generated clients change"]],
  ["getBook\n", "getBook\n      deprecated: true\n", ["safe operation deprecated"]],
  ["enum: [en, de]", "enum: [en]", ['breaking query parameter lang: value "de" removed']],
  [", schema: { type: string, enum", ", required: true, schema: { type: string, enum", [
    "breaking query parameter lang is now required",
  ]],
  [
    "name: tag, in: query, schema: { type: string }",
    "name: tag, in: query, schema: { type: array, items: { type: string } }",
    [
      "safe query parameter tag: type changed from string to array",
    ],
  ],
  [/ +- \{ name: tag.*\n/, "", ["risky query parameter tag removed"]],
  ["requestBody:\n", "requestBody:\n        required: true\n", ["breaking request body is now required"]],
  ["ETag: { required: true, ", "ETag: { ", ["breaking header etag of response 200 is now optional"]],
  ['"404": { description: Missing }', '"410": { description: Missing }', [
    "risky response 404 removed",
    "safe response 410 added",
  ]],
  ["bearer: [read]", "bearer: [read, admin]", [
    "breaking security changed: bearer (read) no longer suffices; needed is bearer (read, admin)",
  ]],
  ["security: [{ bearer: [read] }]", "security: [{ bearer: [read] }, {}]", [
    "safe security needs less: no credentials suffices",
  ]],
  ["https://books.example", "https://books.example/v2", [
    "risky server https://books.example removed",
    "safe server https://books.example/v2 added",
  ]],
  // The server sends the body of a webhook.
  ["required: [book]", "required: []", ["breaking Sale: property book is no longer required"]],
  ["price: { type: number }", "price: { type: integer }", [
    "safe Sale.price: type changed from number to integer",
  ]],
];

Deno.test("compareDocuments() judges each change by the direction in which it is sent", async (t) => {
  for (const [from, to, expected] of CASES) {
    await t.step(`${from} -> ${to}`, async () => assertEquals(await changes(from, to), expected));
  }
});

Deno.test("compareDocuments() reports a change of a shared schema once, with its operations", async () => {
  const [change] = compareDocuments({
    before: await bundle(DOCUMENT),
    after: await bundle(DOCUMENT.replace("maxLength: 100", "maxLength: 80")),
    today: "2026-03-01",
  });
  assertEquals(change, {
    level: "breaking",
    message: "Book.title: maxLength changed from 100 to 80",
    places: ["request body of PUT /books/{id}"],
    pointer: "/components/schemas/Book/properties/title/maxLength",
    side: "after",
  });
});

Deno.test("compareDocuments() compares a schema with the alternatives that replace it", async () => {
  const wrap =
    "oneOf: [{ type: string }, { type: object, required: [text], properties: { text: { type: string } } }]";
  assertEquals(await changes("title: { type: string, maxLength: 100 }", `title: { ${wrap} }`), [
    "breaking Book.title: alternative 2 added",
    "breaking Book.title: maxLength 100 removed",
    "safe Book.title: alternative 2 added",
    "safe Book.title: maxLength 100 removed",
  ]);
  assertEquals(
    await changes(
      "title: { type: string, maxLength: 100 }",
      "title: { oneOf: [{ type: 'null' }, { type: string, maxLength: 100 }] }",
    ),
    [
      "breaking Book.title: null is now allowed",
      "safe Book.title: null is now allowed",
    ],
  );
});

Deno.test("compareDocuments() expects read-only properties of OpenAPI 3.0 from the server alone", async () => {
  const old = DOCUMENT.replace("openapi: 3.1.0", "openapi: 3.0.3").replace(
    "required: [title]",
    "required: [title, id]",
  )
    .replace(/webhooks:\n(?: .*\n)+/, "");
  assertEquals(await changes("required: [title, id]", "required: [title]", old), [
    "breaking Book: property id is no longer required",
  ]);
  assertEquals(await changes(", readOnly: true", "", old), ["breaking Book.id: required property added"]);
});

Deno.test("compareDocuments() excuses operations without promises", async () => {
  const alpha = DOCUMENT.replace(
    "operationId: getBook",
    "operationId: getBook\n      x-stability-level: alpha",
  );
  assertEquals(await changes("enum: [en, de]", "enum: [en]", alpha), [
    'risky query parameter lang: value "de" removed',
  ]);
  assertEquals(
    await changes("operationId: getBook", "operationId: getBook\n      x-stability-level: alpha"),
    [
      "breaking stability changed from stable to alpha",
    ],
  );
});

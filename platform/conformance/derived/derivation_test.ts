import { assertEquals } from "@std/assert";
import { deriveBatches } from "../derive_batches.ts";
import type { Statuses } from "../row.ts";
import { ApiDocument } from "./api_document.ts";

const OK = { 200: { description: "OK", headers: { ETag: { schema: { type: "string" } } } } };
const STATES = { type: "array", items: { type: "string", enum: ["new"] } };
const IF_MATCH = { name: "If-Match", in: "header", schema: { type: "string" } };
const BODY = { content: { "application/json": { schema: { type: "object", required: ["a"] } } } };
const OTHER_ERRORS = { content: { "application/graphql-response+json": {} } };
const API = new ApiDocument({
  openapi: "3.1.0",
  security: [{ oauth: [] }],
  paths: {
    "/later": { get: { responses: OK } },
    "/found": {
      get: { parameters: [{ name: "state", in: "query", required: true, schema: STATES }], responses: OK },
    },
    "/items/{id}": {
      get: { responses: OK },
      put: { requestBody: BODY, responses: { 200: {}, 400: {} } },
      delete: { parameters: [IF_MATCH], responses: { 200: {}, 412: {} } },
    },
    "/guesses/{id}": {
      get: { responses: OK },
      put: { parameters: [IF_MATCH], requestBody: BODY, responses: { 200: {}, 404: {}, 422: {} } },
    },
    "/graph": { post: { requestBody: BODY, responses: { 200: {}, 400: OTHER_ERRORS, 422: {} } } },
  },
  components: { securitySchemes: { oauth: { type: "oauth2", flows: {} } } },
});

Deno.test("deriveBatches() expects only what follows from a document that declares few statuses", () => {
  const general = [{
    name: "http",
    rows: [
      { name: "read", request: "GET {open} HTTP/1.1\r\n\r\n", expect: { status: 200 } },
      { name: "create", request: "POST {list} HTTP/1.1\r\n\r\n", expect: { status: 400 } },
      { name: "sample", request: "POST {list} HTTP/1.1\r\n\r\n{sample}", expect: { status: 200 } },
    ],
  }] as const;
  const [batch] = deriveBatches([{ api: API, suite: { document: "few" }, unwritten: ["/later"] }], {
    general,
    isFull: true,
  });
  const rows = batch?.themes.flatMap((theme) => theme.rows) ?? [];
  const expected = (name: string): Statuses | undefined =>
    rows.find((row) => row.name === name)?.expect.status;
  assertEquals(batch?.placeholders["open"], "/found?state=new");
  assertEquals(["read", "create", "sample"].map(expected), [[200, 401], [400, 405], undefined]);
  assertEquals(
    [
      "DELETE /items/{id} /items/2000000000 If-Match: *",
      'DELETE /items/{id} If-Match: "0"',
      "DELETE /items/{id} without If-Match If-None-Match: *",
      "DELETE /items/{id} without If-Match If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
      "PUT /items/{id} application/json []",
      "PUT /items/{id} application/json ",
      "PUT /guesses/{id} /guesses/2000000000 If-Match: *",
      "POST /graph application/json []",
    ].map(expected),
    [[404, 412], 412, [400, 412], undefined, [422, 400], undefined, [404, 422], [422, 400]],
  );
});

import { assertEquals, assertThrows } from "@std/assert";
import type { Operation, StrictResponse } from "../operation.ts";
import { objectValidator } from "../testing/object_validator.ts";
import { checkResponse, ResponseValidationError } from "./check_response.ts";

const OPERATION: Operation = {
  operationId: "op",
  method: "GET",
  path: "/",
  parameters: [],
  responses: {
    "200": {
      content: [{
        mediaType: "application/json",
        codec: "json",
        validate: objectValidator({ required: ["when"], types: { when: "string", at: "string" } }),
      }],
      headers: [{ name: "ETag", required: true }, { name: "X-Request-Id", required: true }],
    },
    "204": { content: [], headers: [] },
  },
  security: [],
  extensions: {},
};

Deno.test("checkResponse() accepts responses that match the document when serialized", () => {
  checkResponse(OPERATION, { status: 200, headers: { ETag: '"1"' }, body: { when: new Date(0) } });
  checkResponse(OPERATION, { status: 204, headers: { Link: undefined } });
});

Deno.test("checkResponse() throws for violations of the document", () => {
  const good = { status: 200, headers: { ETag: '"1"' }, body: { when: "now" } };
  const violations: [StrictResponse, string][] = [
    [{ status: 201 }, "the status is not declared"],
    [{ ...good, headers: {} }, "the header ETag is missing"],
    [{ ...good, headers: { ETag: '"1"', Link: "x" } }, "the header Link is not declared"],
    [{ ...good, contentType: "text/csv" }, "the media type text/csv is not declared"],
    [{ status: 200, headers: { ETag: '"1"' } }, "the body is missing"],
    [{ ...good, body: { when: 1 } }, "violates the OpenAPI document at /when: must be a string"],
    [{ status: 204, body: "x" }, "the body is not declared"],
  ];
  for (const [response, message] of violations) {
    assertThrows(() => checkResponse(OPERATION, response), ResponseValidationError, message);
  }
});

Deno.test("checkResponse() reports operation, status, pointers and reasons, but no values", () => {
  const error = assertThrows(
    () =>
      checkResponse(OPERATION, { status: 200, headers: { ETag: '"1"' }, body: { who: "planted", at: 1 } }),
    ResponseValidationError,
  );
  assertEquals(error.logFields, {
    operation: "op",
    status: 200,
    pointer: "/when",
    reason: "is required",
    further: "/at: must be a string",
  });
  assertEquals(
    error.message,
    "The response of op with status 200 violates the OpenAPI document at /when: is required",
  );
});

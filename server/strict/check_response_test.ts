import { assertThrows } from "@std/assert";
import type { Operation, StrictResponse } from "../operation.ts";
import { objectValidator } from "../testing/object_validator.ts";
import { checkResponse, ResponseBreachError } from "./check_response.ts";

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
        validate: objectValidator({ required: ["when"], types: { when: "string" } }),
      }],
      headers: [{ name: "ETag", required: true }, { name: "X-Request-Id", required: true }],
    },
    "204": { content: [], headers: [] },
  },
  security: [],
  extensions: {},
};

Deno.test("checkResponse() lets through what the document declares, as it will be sent", () => {
  checkResponse(OPERATION, { status: 200, headers: { ETag: '"1"' }, body: { when: new Date(0) } });
  checkResponse(OPERATION, { status: 204, headers: { Link: undefined } });
});

Deno.test("checkResponse() throws at what the document does not declare", () => {
  const good = { status: 200, headers: { ETag: '"1"' }, body: { when: "now" } };
  const breaches: [StrictResponse, string][] = [
    [{ status: 201 }, "is not declared"],
    [{ ...good, headers: {} }, "lacks the header ETag"],
    [{ ...good, headers: { ETag: '"1"', Link: "x" } }, "has the undeclared header Link"],
    [{ ...good, contentType: "text/csv" }, "has an undeclared media type"],
    [{ status: 200, headers: { ETag: '"1"' } }, "lacks its body"],
    [{ ...good, body: { when: 1 } }, 'breaks the schema at "/when"'],
    [{ status: 204, body: "x" }, "has a body but none is declared"],
  ];
  for (const [answer, message] of breaches) {
    assertThrows(() => checkResponse(OPERATION, answer), ResponseBreachError, message);
  }
});

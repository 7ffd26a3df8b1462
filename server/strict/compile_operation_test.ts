import { assertEquals, assertFalse } from "@std/assert";
import { withResponseValidation } from "../server_options.ts";
import { invalidParamsOf, JSON_TYPE, send, sendForProblem } from "../testing/note_client.ts";

Deno.test("Server.fetch() responds 406 if Accept excludes every representation", async () => {
  for (const accept of ["text/html", "*/*;q=0", "application/json;q=0, text/*"]) {
    const problem = await sendForProblem("/notes/1", { headers: { accept } });
    assertEquals([problem.status, problem.headers.get("vary")], [406, "Accept"], accept);
  }
  for (const accept of ["*/*", "application/*", "text/html, */*;q=0.1", "application/json; charset=utf-8"]) {
    assertEquals((await send("/notes/1", { headers: { accept } })).status, 200, accept);
  }
  assertEquals((await send("/notes/1", { method: "DELETE", headers: { accept: "text/html" } })).status, 204);
});

Deno.test("Server.fetch() reports all errors of a request at once", async () => {
  const malformed = await sendForProblem("/notes/x", {
    method: "PUT",
    headers: { ...JSON_TYPE, "if-match": "7" },
    body: '{"stars":"many"}',
  });
  assertEquals(malformed.status, 400);
  assertEquals(invalidParamsOf(malformed), [
    "body /text: is required",
    "body /stars: must be an integer",
    'header If-Match: must be * or a list of quoted entity-tags, such as "7"',
    "path id: must be an integer",
  ]);
  const invalid = await sendForProblem("/notes", {
    method: "POST",
    headers: JSON_TYPE,
    body: '{"stars":"many"}',
  });
  assertEquals(invalid.status, 422);
  assertEquals(invalidParamsOf(invalid), ["body /text: is required", "body /stars: must be an integer"]);
});

Deno.test("Server.fetch() reports invalid parameters before a missing If-Match, and that before an invalid body", async () => {
  const put = { method: "PUT", headers: JSON_TYPE, body: "{}" };
  assertEquals((await sendForProblem("/notes/x", put)).status, 400);
  assertEquals((await sendForProblem("/notes/1", put)).status, 428);
  assertEquals(
    (await sendForProblem("/notes/1", { ...put, headers: { ...JSON_TYPE, "if-match": "*" } })).status,
    422,
  );
});

Deno.test("Server.fetch() rejects conditional headers that an operation does not support", async () => {
  const problem = await sendForProblem("/notes", {
    method: "POST",
    headers: { ...JSON_TYPE, "if-match": '"7"', "if-none-match": "*" },
    body: '{"text":"a"}',
  });
  assertEquals(problem.status, 400);
  assertEquals(invalidParamsOf(problem), [
    "header If-Match: is not supported by this operation",
    "header If-None-Match: is not supported by this operation",
  ]);
});

Deno.test("Server.fetch() decodes parameters strictly and applies their defaults", async () => {
  const absent = await send("/notes");
  assertEquals(await absent.json(), { query: { limit: 20 } });
  const errors: [string, string][] = [
    ["limit=1&limit=2", "query limit: must not be repeated"],
    ["limit=01", "query limit: must be an integer"],
    ["limit=", "query limit: must be an integer"],
    [
      "limit=9007199254740993",
      "query limit: is an integer beyond 2^53, which cannot be represented exactly",
    ],
    ["limit=%ff", "query limit: is not valid percent-encoded UTF-8"],
    ["limt=1", "query limt: unknown parameter"],
    ["limit=%00", "query limit: contains the forbidden character U+0000"],
  ];
  for (const [query, reason] of errors) {
    const problem = await sendForProblem(`/notes?${query}`);
    assertEquals([problem.status, ...invalidParamsOf(problem)], [400, reason]);
  }
  assertEquals((await sendForProblem("/notes/%zz")).status, 400);
});

Deno.test("Server.fetch() responds 500 to a violation of the document if responses are validated", async () => {
  assertEquals((await send("/notes/3")).status, 200);
  const problem = await sendForProblem("/notes/3", {}, withResponseValidation(true));
  assertEquals(problem.status, 500);
  assertFalse(JSON.stringify(problem).includes("s3cret"));
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { invalidParamsOf, JSON_TYPE, send, sendForProblem } from "../testing/note_client.ts";

Deno.test("Server.fetch() responds to malformed bodies with a 4xx", async () => {
  const bodies: [BodyInit, number][] = [
    ["", 400],
    ["{", 400],
    ['{"text":"a","text":"b"}', 400],
    ["[".repeat(1000), 400],
    [Uint8Array.of(0x22, 0xff, 0x22), 400],
    ['{"text":"\\u0000"}', 422],
    ['{"text":"\\ud800"}', 422],
    ['{"text":"a","stars":1e999}', 422],
    ["[]", 422],
    ["null", 422],
  ];
  for (const [body, status] of bodies) {
    const problem = await sendForProblem("/notes", { method: "POST", headers: JSON_TYPE, body });
    assertEquals(problem.status, status, String(body).slice(0, 40));
  }
  const polluted = await send("/notes", {
    method: "POST",
    headers: JSON_TYPE,
    body: '{"__proto__":{"x":1},"text":"a"}',
  });
  assertEquals(await polluted.text(), '{"__proto__":{"x":1},"text":"a"}');
});

Deno.test("Server.fetch() responds 415 with the supported media types", async () => {
  for (
    const type of ["text/plain", "application/json; charset=latin1", "application/vnd.x+json", "nonsense", ""]
  ) {
    const problem = await sendForProblem("/notes", {
      method: "POST",
      headers: { "content-type": type },
      body: "{}",
    });
    assertEquals([problem.status, problem.headers.get("accept-post")], [415, "application/json"], type);
    assertStringIncludes(problem.detail ?? "", "it takes application/json", type);
  }
  const put = { method: "PUT", headers: { "content-type": "text/plain", "if-match": "*" }, body: "{}" };
  assertEquals((await sendForProblem("/notes/1", put)).headers.get("accept"), "application/json");
  const none = await sendForProblem("/notes", { method: "POST", body: new Uint8Array([1]) });
  assertEquals(none.status, 415);
  const coded = await sendForProblem("/notes", {
    method: "POST",
    headers: { ...JSON_TYPE, "content-encoding": "gzip" },
    body: "{}",
  });
  assertEquals([coded.status, coded.headers.get("accept-encoding")], [415, "identity"]);
  for (const type of ["application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"']) {
    const init = { method: "POST", headers: { "content-type": type }, body: '{"text":"a"}' };
    assertEquals((await send("/notes", init)).status, 201, type);
  }
});

Deno.test("Server.fetch() reports errors of the decoder and the schema together", async () => {
  const errors = async (body: string): Promise<string[]> => {
    const problem = await sendForProblem("/notes", { method: "POST", headers: JSON_TYPE, body });
    assertEquals(problem.status, 422);
    return invalidParamsOf(problem);
  };
  assertEquals(await errors('{"text":"\\u0000","stars":"many"}'), [
    "body /text: contains the forbidden character U+0000",
    "body /stars: must be an integer",
  ]);
  assertEquals(await errors('{"stars":1e999}'), [
    "body /stars: is outside the range of numbers",
    "body /text: is required",
  ]);
  assertEquals(await errors('{"a/b":"\\ud800"}'), [
    "body /a~1b: contains an unpaired surrogate",
    "body /text: is required",
  ]);
});

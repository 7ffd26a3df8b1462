import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Problem } from "../problem.ts";
import { JSON_TYPE, send, sendForProblem } from "../testing/note_client.ts";
import {
  type EntityTag,
  matchesWeakly,
  parseEntityTags,
  parseIfMatch,
  parseStrongTag,
} from "./conditional.ts";

Deno.test("Server.fetch() responds 304 to If-None-Match with the headers of the 200", async () => {
  for (const condition of ['"7"', 'W/"7"', '"1", "7"', "*"]) {
    for (const method of ["GET", "HEAD"]) {
      const response = await send("/notes/1", { method, headers: { "if-none-match": condition } });
      assertEquals([response.status, await response.text()], [304, ""], condition);
      assertEquals([response.headers.get("etag"), response.headers.get("cache-control")], [
        '"7"',
        "no-cache, no-transform",
      ]);
    }
  }
  for (const condition of ['"8"', "7", ""]) {
    assertEquals(
      (await send("/notes/1", { headers: { "if-none-match": condition } })).status,
      200,
      condition,
    );
  }
});

Deno.test("Server.fetch() responds 412 to a GET whose If-Match names another version", async () => {
  const problem = await sendForProblem("/notes/1", { headers: { "if-match": '"8"' } });
  assertEquals([problem.status, problem.headers.get("etag")], [412, '"7"']);
  assertEquals((await send("/notes/1", { headers: { "if-match": '"7"' } })).status, 200);
});

Deno.test("Server.fetch() responds 428, 400 and 412 for a required If-Match", async () => {
  const put = (ifMatch?: string): RequestInit => ({
    method: "PUT",
    headers: ifMatch === undefined ? JSON_TYPE : { ...JSON_TYPE, "if-match": ifMatch },
    body: '{"text":"x"}',
  });
  assertEquals((await sendForProblem("/notes/1", put())).status, 428);
  const malformed = await sendForProblem("/notes/1", put("7"));
  assertEquals([malformed.status, malformed.invalidParams?.[0]?.name], [400, "If-Match"]);
  assertEquals((await sendForProblem("/notes/1", put('W/"7"'))).status, 412);
  assertEquals((await send("/notes/1", put('"7"'))).status, 200);
  assertEquals((await send("/notes/1", put("*"))).status, 200);
});

Deno.test("Server.fetch() makes no change that If-None-Match forbids beside If-Match", async () => {
  const put: RequestInit = { method: "PUT", headers: JSON_TYPE, body: '{"text":"x"}' };
  // PUT requires If-Match, DELETE does not.
  for (const [init, success] of [[put, 200], [{ method: "DELETE" }, 204]] as const) {
    const statusOf = async (ifMatch: string, ifNoneMatch: string): Promise<number> => {
      const headers = { ...init.headers, "if-match": ifMatch, "if-none-match": ifNoneMatch };
      return (await send("/notes/1", { ...init, headers })).status;
    };
    for (const excluded of ["*", '"7"', 'W/"7"', '"1", "7"']) {
      assertEquals(await statusOf('"7"', excluded), 412, excluded);
      assertEquals(await statusOf('"6", "7"', excluded), 412, excluded);
    }
    for (const excluded of ['"6"', "7", ""]) {
      assertEquals(await statusOf('"7"', excluded), success, excluded);
    }
    assertEquals(await statusOf('"6", "7"', '"6"'), success);
    assertEquals([await statusOf("*", "*"), await statusOf("*", "7")], [412, success]);
    assertEquals(await statusOf("*", '"7"'), 400);
  }
});

Deno.test("Server.fetch() refuses If-None-Match without an optional If-Match, which may be absent", async () => {
  const method = "DELETE";
  assertEquals((await send("/notes/1", { method })).status, 204);
  for (const excluded of ["*", '"6"', "7", ""]) {
    const problem = await sendForProblem("/notes/1", { method, headers: { "if-none-match": excluded } });
    assertEquals([problem.status, problem.invalidParams?.[0]?.name], [400, "If-None-Match"], excluded);
  }
  assertEquals((await sendForProblem("/notes/1", { method, headers: { "if-match": "7" } })).status, 400);
});

const opaque = fc.string({
  unit: fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x22 && code !== 0x7f).map((code) =>
    String.fromCharCode(code)
  ).filter((character) => character < "\x7f" || character > "\x7f"),
});
const tag: fc.Arbitrary<EntityTag> = fc.record({ weak: fc.boolean(), opaque }, { noNullPrototype: true });

Deno.test("parseEntityTags() restores any list", () => {
  const separator = fc.constantFrom(",", ", ", " ,\t", ",, ,");
  fc.assert(fc.property(fc.array(tag, { minLength: 1 }), separator, (tags, comma) => {
    const text = tags.map((one) => `${one.weak ? "W/" : ""}"${one.opaque}"`).join(comma);
    assertEquals(parseEntityTags(text), tags);
  }));
});

Deno.test("parseEntityTags() accepts commas inside tags, empty elements and a star", () => {
  assertEquals(parseEntityTags('"a,b" , W/"c"'), [{ weak: false, opaque: "a,b" }, {
    weak: true,
    opaque: "c",
  }]);
  assertEquals(parseEntityTags(' ,"a",, '), [{ weak: false, opaque: "a" }]);
  assertEquals(parseEntityTags('""'), [{ weak: false, opaque: "" }]);
  assertEquals(parseEntityTags(" * "), "*");
});

Deno.test("parseEntityTags() rejects anything but a list of entity tags", () => {
  for (
    const text of [
      "",
      " ",
      ",",
      "7",
      '"7',
      '7"',
      '"a" "b"',
      '"a""b"',
      'w/"a"',
      'W/ "a"',
      '"a b"',
      '*, "a"',
      '"a", *',
    ]
  ) {
    assertEquals(parseEntityTags(text), undefined, text);
  }
});

Deno.test("parseEntityTags() never throws, and runs in linear time", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('"', ",", " ", "W/", "a", "*") }), (text) => {
    parseEntityTags(text);
  }));
  assertEquals(parseEntityTags(`${", ".repeat(50_000)}x`), undefined);
});

Deno.test("parseIfMatch() omits weak tags, which never match strongly", () => {
  assertEquals(parseIfMatch('W/"1"'), []);
  assertEquals(parseIfMatch('W/"1", "2"'), ["2"]);
  assertEquals(parseIfMatch("*"), "*");
});

Deno.test("parseIfMatch() throws a 400 that names the header", () => {
  const problem = assertThrows(() => parseIfMatch("1"), Problem);
  assertEquals(problem.status, 400);
  assertEquals(problem.invalidParams?.map(({ name }) => name), ["If-Match"]);
});

Deno.test("matchesWeakly() ignores weakness on both sides", () => {
  const weak = [{ weak: true, opaque: "1" }];
  assertEquals(matchesWeakly(weak, '"1"'), true);
  assertEquals(matchesWeakly(weak, 'W/"1"'), true);
  assertEquals(matchesWeakly(weak, '"2"'), false);
});

Deno.test("parseStrongTag() returns the opaque value of one strong tag", () => {
  assertEquals(parseStrongTag('"7"'), "7");
  for (const text of ['W/"7"', "7", "*", '"1", "2"']) assertEquals(parseStrongTag(text), undefined, text);
});

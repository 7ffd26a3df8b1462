import { assertEquals, assertThrows } from "@std/assert";
import { boundCommand, exchangesOf, matchesOutput } from "./transcript.ts";

const ID = "01a22804-469e-76af-b755-6d9356af6ba2";
const OTHER = "01a22804-469e-76af-b755-000000000000";

Deno.test("exchangesOf() parses commands with their continuation, and outputs", () => {
  assertEquals(exchangesOf("$ ls \\\n    -l\nfirst\n\nsecond\n$ X=1\n$ cat\nthird\n"), [
    { command: "ls \\\n    -l", output: "first\n\nsecond\n" },
    { command: "X=1", output: "" },
    { command: "cat", output: "third\n" },
  ]);
  assertThrows(() => exchangesOf("output\n$ ls\n"), SyntaxError, "not with: output");
});

Deno.test("matchesOutput() lets ids, times, tokens and what … stands for differ, and nothing else", () => {
  const cases: readonly (readonly [shown: string, actual: string, agree: boolean])[] = [
    ["HTTP/1.1 201 Created\n", "HTTP/1.1 201 Created\r\n", true],
    ["HTTP/1.1 201 Created\n", "HTTP/1.1 200 OK\r\n", false],
    [`{"id":"${ID}","again":"${ID}"}`, `{"id":"${OTHER}","again":"${OTHER}"}`, true],
    [`{"id":"${ID}","again":"${ID}"}`, `{"id":"${OTHER}","again":"${ID}"}`, false],
    [`{"at":"2026-11-29T15:54:58.59Z"}`, `{"at":"2027-01-01T00:00:00Z"}`, true],
    [`{"at":"2026-11-29T15:54:58.59Z"}`, `{"at":"today"}`, false],
    ["content-length: 247", "content-length: 12", true],
    ['{"a":1,…}', '{"a":1,"b":[2]}', true],
    ["one\n…\nlast", "one\ntwo\nthree\nlast", true],
    ["one\n…\nlast", "one\nlast", true],
    ["one\n…\nlast", "one\ntwo", false],
    ["…\none\n…", "one", true],
    ["…\none\n…", "zero\none\ntwo", true],
    ["a.yaml:216:14 /info\n    216 | x", "a.yaml:7:1 /info\n      7 | x", true],
    ["SIZE  OPEN\n…  0", "SIZE     OPEN\n12.8 MB  0", true],
    ["", "anything", false],
  ];
  for (const [shown, actual, agree] of cases) {
    assertEquals(matchesOutput(actual, shown, new Map()), agree, `${shown} and ${actual}`);
  }
});

Deno.test("boundCommand() has the ids of earlier outputs", () => {
  const bindings = new Map<string, string>();
  assertEquals(matchesOutput(`id ${OTHER}`, `id ${ID}`, bindings), true);
  assertEquals(matchesOutput(`id ${ID}`, `id ${ID}`, bindings), false);
  assertEquals(
    boundCommand(`curl /v1/profiles/${ID}`, bindings),
    `curl /v1/profiles/${OTHER}`,
  );
});

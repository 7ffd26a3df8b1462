import { assertEquals } from "@std/assert";
import { bannedWords } from "./banned_words.ts";

function wordsIn(path: string, text: string): readonly string[] {
  return bannedWords(path, text).map((line) => /^\S+: "([^"]*)"/.exec(line)?.[1] ?? line);
}

Deno.test("bannedWords() finds words by line, with what to use instead", () => {
  assertEquals(bannedWords("server/a.ts", "const a = 1;\n// The client is told.\n"), [
    'server/a.ts:2: "told": use send, return, report, publish or notify',
  ]);
});

Deno.test("bannedWords() finds words in texts, names and every kind of file", () => {
  assertEquals(wordsIn("db/a.sql", "-- Whoever writes is told; nobody waits for ever, at the most a day"), [
    "told",
    "Whoever",
    "nobody",
    "for ever",
    "at the most",
  ]);
  assertEquals(wordsIn("server/a.ts", 'readAnswer("hostile");'), ["Answer", "hostile"]);
  assertEquals(wordsIn("server/a.ts", "tellurium, stranger, retold, foretell, islands, planet"), []);
});

Deno.test("bannedWords() finds conflict markers", () => {
  assertEquals(wordsIn("README.md", "a\n<<<<<<< yours\n=======\n>>>>>>> theirs\n`<<<<<<< x`"), [
    "<<<<<<<",
    ">>>>>>>",
  ]);
});

Deno.test("bannedWords() finds questions in place of a noun or a verb, and riddles about undefined", () => {
  const comment =
    "/** What it is; undefined: nothing. */\n/**\n * How it works.\n */\n/** Returns what it is. */\n";
  assertEquals(wordsIn("server/a.ts", comment), ["undefined:", "/** What", "/** How"]);
  assertEquals(wordsIn("server/a.ts", "switch (a) { case undefined: return; }"), []);
});

Deno.test("bannedWords() leaves services the words of their domain", () => {
  for (const path of ["widget_service/domain/order.ts", "oapi/order-api-spec.yaml"]) {
    assertEquals(wordsIn(path, "A draft of an answer, living in a lane; somebody"), ["somebody"]);
  }
});

Deno.test("bannedWords() accepts terms of standards, and migrations that are applied", () => {
  assertEquals(wordsIn("docs/a.md", "draft-ietf-httpapi-ratelimit-headers, https://example.com/answers"), []);
  assertEquals(wordsIn("widget_service/migrations/20261126000003_a.sql", "-- nobody"), []);
});

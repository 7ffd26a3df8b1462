import { assertEquals } from "@std/assert";
import { parseIdempotencyKey } from "./idempotency_key.ts";

Deno.test("parseIdempotencyKey() accepts quoted strings, tokens and UUIDs, and ignores the quotes", () => {
  const keys: readonly (readonly [string, string])[] = [
    ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ["8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ["order:17/a", "order:17/a"],
    ['"a \\"b\\" \\\\ c"', 'a "b" \\ c'],
    ["1", "1"],
    ["a".repeat(255), "a".repeat(255)],
    [`"${'\\"'.repeat(255)}"`, '"'.repeat(255)],
  ];
  for (const [text, key] of keys) assertEquals(parseIdempotencyKey(text), key, text);
});

Deno.test("parseIdempotencyKey() rejects everything else", () => {
  const malformed = [
    "",
    '""',
    '"',
    '"a',
    'a"',
    '"a";b=1',
    "a, b",
    '"a", "b"',
    "a b",
    '"a\\b"',
    '"é"',
    "é",
    "{}",
    "a".repeat(256),
    `"${"a".repeat(256)}"`,
  ];
  for (const text of malformed) assertEquals(parseIdempotencyKey(text), undefined, text);
});

import { assert, assertEquals, assertFalse } from "@std/assert";
import type { LogRecord } from "@logtape/logtape";
import { seededRandom } from "@archway/conformance/seeded_random.ts";
import { flatLineFormatter } from "./flat_line.ts";
import { jsonLineFormatter } from "./json_line.ts";
import { redactTexts } from "./redaction.ts";

const FORMATS = ["otel", "ecs", "gcp"] as const;
const LEVELS = ["trace", "debug", "info", "warning", "error", "fatal"] as const;

/** Fragments of secrets, of what is around them, and of what JSON or a terminal would interpret. */
const FRAGMENTS = [
  ...["GET", " ", "/v1/profiles/{id}", "ada@example.com", "@", "Bearer ", "bearer", "c2VjcmV0", "Basic"],
  ...["eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.sig", "eyJ", ".", "token=", "password=", "planted", "=", ":"],
  ...["authorization: ", "Authorization", "Digest x", "postgres://user:planted@host/db", "://", "&", ";"],
  ...['"', "\\", "\n", "\u007f", "\u009b2J", "\ud800", "\u2028", "é", "'", ",", "{}", "$1", "$&"],
];
const NAMES = ["method", "status", "requestId", "x", 'a"b', "a\u007f", "token=x", "eyJa.b", "traceId"];

Deno.test("flatLineFormatter() writes the lines of jsonLineFormatter(), redacted", () => {
  const random = seededRandom(42);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(random() * values.length)];
    assert(value !== undefined);
    return value;
  };
  const text = (): string => Array.from({ length: Math.floor(random() * 5) }, () => pick(FRAGMENTS)).join("");
  const value = (): unknown =>
    pick([text, () => pick([0, -0, 1.5, 1e21, NaN, Infinity, 200, true, false])])();
  const formats = FORMATS.map((format) => ({
    flat: flatLineFormatter(format),
    general: redactTexts(jsonLineFormatter(format)),
  }));
  for (let round = 0; round < 3_000; round++) {
    const record: LogRecord = {
      category: ["archway", pick(["part", text()])],
      level: pick(LEVELS),
      rawMessage: pick(["{method} in {ms} ms", text()]),
      message: [text(), value(), text(), value(), ""],
      timestamp: 1_700_000_000_000 + Math.floor(random() * 3),
      properties: Object.fromEntries(
        Array.from({ length: Math.floor(random() * 4) }, () => [pick(NAMES), value()]),
      ),
    };
    for (const { flat, general } of formats) assertEquals(flat(record), general(record));
  }
});

Deno.test("flatLineFormatter() leaves records with other values to another formatter", () => {
  const flat = flatLineFormatter();
  const record = (value: unknown, message: readonly unknown[] = ["Said"]): LogRecord => ({
    category: ["archway"],
    level: "info",
    rawMessage: "Said",
    message,
    timestamp: 0,
    properties: { value },
  });
  for (const value of [undefined, null, 1n, Symbol("x"), new Error("x"), {}, ["a"], new Date(0)]) {
    assertEquals(flat(record(value)), undefined);
    assertEquals(flat(record("plain", ["Said ", value, ""])), undefined);
  }
  assertFalse(flat(record("plain")) === undefined);
  // Neither a long template nor a long name is remembered.
  assertEquals(flat({ ...record("plain"), rawMessage: "a".repeat(513) }), undefined);
  assertEquals(flat({ ...record("plain"), properties: { ["a".repeat(513)]: 1 } }), undefined);
});

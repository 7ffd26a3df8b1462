import { assertEquals, assertFalse, assertMatch } from "@std/assert";
import { getJsonLinesFormatter, type LogRecord } from "@logtape/logtape";
import { describeError, errorToJson } from "./logging/describe_error.ts";
import { jsonLineFormatter } from "./logging.ts";

function recordOf(properties: Record<string, unknown>, level: LogRecord["level"] = "info"): LogRecord {
  return {
    category: ["archway", "part"],
    level,
    message: ["Said ", properties["what"], ""],
    rawMessage: "Said {what}",
    timestamp: 1_700_000_000_123,
    properties,
  };
}

Deno.test("jsonLineFormatter() writes every record as LogTape does", () => {
  const format = jsonLineFormatter();
  const expected = getJsonLinesFormatter({ message: "template" });
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const properties: readonly Record<string, unknown>[] = [
    {},
    { what: "plain", status: 200, ok: true, ms: 1.5 },
    { what: 'quoted " and \\ and \n and \u2028' },
    { what: "\u007f and \u009b2J" },
    { what: undefined, other: null },
    { what: 12n, when: new Date(0) },
    { what: { deep: [1, "two", { three: 3 }] } },
    { what: circle },
  ];
  for (const record of properties.flatMap((each) => [recordOf(each), recordOf(each, "warning")])) {
    assertEquals(format(record), expected(record));
  }
});

Deno.test("jsonLineFormatter() writes an error as an object with its causes and frames", () => {
  const error = new Error("Broken", { cause: new TypeError('No such name: "planted"') });
  const line = String(jsonLineFormatter()(recordOf({ what: "it", error }, "error")));
  assertFalse(line.includes("planted"), line);
  const { properties } = JSON.parse(line);
  assertEquals(properties, {
    what: "it",
    error: JSON.parse(JSON.stringify(errorToJson(describeError(error)))),
  });
  assertMatch(properties.error.frames[0], /^platform\/observability\/logging_test\.ts:\d+:\d+$/);
  assertEquals(properties.error.cause.message, 'No such name: "…"');
});

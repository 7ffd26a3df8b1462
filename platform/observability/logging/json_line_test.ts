import { assertEquals, assertFalse, assertMatch } from "@std/assert";
import type { LogRecord } from "@logtape/logtape";
import { describeError, errorToJson } from "./describe_error.ts";
import { jsonLineFormatter } from "./json_line.ts";

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

const TIME = "2023-11-14T22:13:20.123Z";

Deno.test("jsonLineFormatter() writes the fields of OpenTelemetry's log data model", () => {
  const format = jsonLineFormatter();
  const properties = { what: "it", status: 200, ok: true, traceId: "0af7651916cd43dd8448eb211c80319c" };
  assertEquals(JSON.parse(format(recordOf(properties, "warning"))), {
    timestamp: TIME,
    severity_text: "WARN",
    severity_number: 13,
    body: "Said it",
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    scope: "archway.part",
    template: "Said {what}",
    attributes: properties,
  });
  const levels = ["trace", "debug", "info", "warning", "error", "fatal"] as const;
  const numbers = levels.map((level) => JSON.parse(format(recordOf({}, level))).severity_number);
  assertEquals(numbers, [1, 5, 9, 13, 17, 21]);
});

Deno.test("jsonLineFormatter() writes the fields of Elastic Common Schema and Google Cloud", () => {
  const properties = { what: "it", traceId: "0af7651916cd43dd8448eb211c80319c" };
  const record = recordOf(properties, "warning");
  assertEquals(JSON.parse(jsonLineFormatter("ecs")(record)), {
    "@timestamp": TIME,
    "log.level": "warn",
    message: "Said it",
    "ecs.version": "8.11.0",
    "trace.id": properties.traceId,
    "log.logger": "archway.part",
    template: "Said {what}",
    attributes: properties,
  });
  assertEquals(JSON.parse(jsonLineFormatter("gcp")(record)), {
    time: TIME,
    severity: "WARNING",
    message: "Said it",
    trace_id: properties.traceId,
    logger: "archway.part",
    template: "Said {what}",
    attributes: properties,
  });
});

Deno.test("jsonLineFormatter() writes any value in one line of JSON", () => {
  const format = jsonLineFormatter();
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const values: readonly (readonly [unknown, body: string])[] = [
    ['quoted " and \\ and \n and \u2028', 'Said quoted " and \\ and \n and \u2028'],
    ["\u007f and \u009b2J", "Said \u007f and \u009b2J"],
    [undefined, "Said undefined"],
    [12n, "Said 12"],
    [["a.sql", "b.sql"], "Said a.sql, b.sql"],
    [{ deep: [1, "two"] }, 'Said { deep: [ 1, "two" ] }'],
  ];
  for (const [what, body] of values) {
    const line = format(recordOf({ what }));
    assertEquals(line.indexOf("\n"), line.length - 1);
    // deno-lint-ignore no-control-regex
    assertFalse(/[\x00-\x09\x7f-\x9f]/.test(line), line);
    assertEquals(JSON.parse(line).body, body);
  }
  assertMatch(JSON.parse(format(recordOf({ what: circle }))).body, /Circular/);
});

Deno.test("jsonLineFormatter() writes an error as an object with its causes and frames", () => {
  const error = new Error("Broken", { cause: new TypeError('No such name: "planted"') });
  const line = String(jsonLineFormatter()(recordOf({ what: "it", error }, "error")));
  assertFalse(line.includes("planted"), line);
  const { attributes } = JSON.parse(line);
  assertEquals(attributes, {
    what: "it",
    error: JSON.parse(JSON.stringify(errorToJson(describeError(error)))),
  });
  assertMatch(attributes.error.frames[0], /^platform\/observability\/logging\/json_line_test\.ts:\d+:\d+$/);
  assertEquals(attributes.error.cause.message, 'No such name: "…"');
});

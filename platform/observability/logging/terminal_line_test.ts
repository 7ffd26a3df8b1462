import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import type { LogRecord } from "@logtape/logtape";
import { terminalLineFormatter } from "./terminal_line.ts";

const ROOT = new URL("../../../", import.meta.url).href;

function recordOf(properties: Record<string, unknown>, level: LogRecord["level"] = "error"): LogRecord {
  return {
    category: ["archway"],
    level,
    message: ["Request ", properties["requestId"], " failed"],
    rawMessage: "Request {requestId} failed",
    timestamp: 0,
    properties,
  };
}

function errorAt(frames: readonly string[], message = "Broken"): Error {
  const error = new TypeError(message);
  error.stack = [`TypeError: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

Deno.test("terminalLineFormatter() shows an error with its causes, and frames of the project as URLs", () => {
  const cause = Object.assign(new Error("Looked\nfor it"), {
    code: "internal",
    logFields: { statement: "SELECT notes" },
  });
  delete cause.stack;
  const error = errorAt([
    "parse (ext:core/parse.js:1:2)",
    `read (${ROOT}note_service/app.ts:3:4)`,
    "a (ext:core/a.js:5:6)",
    "b (file:///cache/npm/registry.example.org/postgres/3.4.9/src/b.js:7:8)",
    `async run (${ROOT}server/run.ts:9:10)`,
    "c (node:timers:11:12)",
  ]);
  error.cause = cause;
  const format = terminalLineFormatter({ colors: false });
  const [line, ...rest] = String(format(recordOf({ requestId: "one", status: 500, error }))).split("\n");
  assertMatch(line ?? "", /Request one failed$/);
  assertEquals(rest, [
    "  status=500",
    "  TypeError: Broken",
    "      at parse (ext:core/parse.js:1:2)",
    `      at read (${ROOT}note_service/app.ts:3:4)`,
    "      … 2 frames of packages or Deno",
    `      at async run (${ROOT}server/run.ts:9:10)`,
    "      … 1 frame of packages or Deno",
    "  caused by Error [internal]: Looked",
    "      for it",
    "      statement: SELECT notes",
    "",
  ]);
});

Deno.test("terminalLineFormatter() adds colors to the same text", () => {
  const record = recordOf({ requestId: "one", error: errorAt([`read (${ROOT}note_service/app.ts:3:4)`]) });
  const [, ...coloured] = String(terminalLineFormatter()(record)).split("\n");
  const [, ...plain] = String(terminalLineFormatter({ colors: false })(record)).split("\n");
  assert(coloured.join("").includes("\x1b["));
  // deno-lint-ignore no-control-regex
  assertEquals(coloured.map((line) => line.replaceAll(/\x1b\[\d+m/g, "")), plain);
});

Deno.test("terminalLineFormatter() shows unredacted messages with inFull only, and never secrets", () => {
  const error = errorAt([], 'No "planted" for ada@example.com');
  const record = recordOf({ requestId: "one", error });
  assertFalse(terminalLineFormatter()(record).includes("planted"));
  assertStringIncludes(terminalLineFormatter({ inFull: true })(record), 'No "planted" for [REDACTED]');
});

Deno.test("terminalLineFormatter() escapes control characters", () => {
  const error = errorAt([], "\x1b[2J\r\u009b1m");
  const text = String(
    terminalLineFormatter({ inFull: true, colors: false })(recordOf({ requestId: "\x1b[2J", error })),
  );
  // deno-lint-ignore no-control-regex
  assertFalse(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text), text);
});

Deno.test("terminalLineFormatter() writes one line for other levels, without messages of errors", () => {
  const error = errorAt([], "planted");
  for (const level of ["info", "warning"] as const) {
    const text = terminalLineFormatter({ colors: false })(recordOf({ requestId: error, status: 200 }, level));
    assertEquals(text.trim().split("\n").length, 1);
    assertFalse(text.includes("planted"), text);
    assertStringIncludes(text, "Request TypeError failed");
  }
});

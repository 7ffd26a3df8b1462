import { assertEquals, assertFalse } from "@std/assert";
import { type ServerOption, withReadiness } from "../server_options.ts";
import { send, sendForProblem } from "../testing/note_client.ts";

Deno.test("Server.fetch() reports health from the checks, and prevents caching", async () => {
  const check = (status: "ok" | "degraded" | "unavailable"): ServerOption =>
    withReadiness(() => Promise.resolve([{ name: "db", status }]));
  const live = await send("/livez", {}, check("unavailable"));
  assertEquals([live.status, live.headers.get("cache-control"), await live.text()], [
    200,
    "no-store",
    '{"status":"ok"}',
  ]);
  for (const [status, code] of [["ok", 200], ["degraded", 200], ["unavailable", 503]] as const) {
    const ready = await send("/readyz", {}, check(status));
    assertEquals([ready.status, await ready.json()], [code, { status }]);
    assertEquals(ready.headers.get("cache-control"), "no-store");
  }
  const verbose = await send("/readyz?verbose", {}, check("degraded"));
  assertEquals((await verbose.json()).checks, [{ name: "server", status: "ok" }, {
    name: "db",
    status: "degraded",
  }]);
  assertEquals((await send("/healthz", {}, check("degraded"))).status, 204);
  assertEquals((await sendForProblem("/healthz", {}, check("unavailable"))).status, 503);
  const failing = withReadiness(() => Promise.reject(new Error("secret")));
  const failed = await send("/readyz?verbose=1", {}, failing);
  assertEquals(failed.status, 503);
  assertFalse((await failed.text()).includes("secret"));
});

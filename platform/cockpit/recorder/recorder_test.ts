import { assertEquals } from "@std/assert";
import { join } from "node:path";
import type { EndedSpan } from "@archway/service_kit/developer_tool.ts";
import { createServer } from "@archway/server/server.ts";
import { withApi, withObserver } from "@archway/server/server_options.ts";
import { noteApi } from "@archway/server/testing/note_api.ts";
import { observeRequests } from "./observe_requests.ts";
import { Recorder } from "./recorder.ts";

/** Adds a request with a trace of a statement and of work that it caused. */
function record(recorder: Recorder, requestId: string): void {
  const span = (traceId: string, name: string, links: EndedSpan["links"] = []): EndedSpan => ({
    ...{ traceId, spanId: name, name, startMs: 10, endMs: 11, links },
    attributes: { rows: 3n },
  });
  const traceId = `trace-${requestId}`;
  recorder.line({ time: 0, level: "error", text: "It failed", attributes: {}, traceId });
  recorder.span(span(traceId, "SELECT contacts"));
  recorder.request({
    ...{ requestId, traceId, method: "GET", path: "/v1", query: "", route: "/v1", status: 500, startMs: 9 },
    ...{ endMs: 12, problem: undefined, subject: undefined, responseBody: "{}", requestBody: undefined },
    requestBodyState: "whole",
    requestHeaders: new Headers({ authorization: "Bearer secret", accept: "text/plain" }),
    responseHeaders: new Headers(),
    fault: undefined,
  });
  recorder.span(span(`work-${requestId}`, "POST webhook", [{ context: { traceId, spanId: "1" } }]));
}

Deno.test("Recorder.detail() returns a request with its spans, caused work and lines, and no credentials", async () => {
  await using recorder = new Recorder({ directory: undefined });
  record(recorder, "a");
  const [row] = await Array.fromAsync(recorder.summaries());
  const detail = await recorder.detail(row?.id ?? 0);
  assertEquals(detail?.spans.map(({ name, at, isCaused }) => [name, at, isCaused]), [
    ["SELECT contacts", 1, false],
    ["POST webhook", 1, true],
  ]);
  assertEquals(detail?.lines.map(({ text }) => text), ["It failed"]);
  assertEquals(detail?.requestHeaders, [["accept", "text/plain"], ["authorization", "[not shown]"]]);
});

Deno.test("Recorder keeps the last 10,000 requests", async () => {
  await using recorder = new Recorder({ directory: undefined });
  for (let number = 0; number < 10_005; number++) record(recorder, String(number));
  const rows = await Array.fromAsync(recorder.summaries(), ({ requestId }) => requestId);
  assertEquals([rows.length, rows[0], rows.at(-1)], [10_000, "10004", "5"]);
});

Deno.test("Recorder stores requests over restarts, for the user alone, and survives a cut file", async () => {
  const directory = await Deno.makeTempDir({ prefix: "archway_cockpit_" });
  try {
    {
      await using recorder = new Recorder({ directory });
      record(recorder, "earlier");
    }
    const file = join(directory, "requests.ndjson");
    await Deno.writeTextFile(file, '{"id":1,"spa', { append: true });
    const { mode } = await Deno.stat(file);
    if (Deno.build.os !== "windows") assertEquals((mode ?? 0) & 0o777, 0o600);
    await using recorder = new Recorder({ directory });
    record(recorder, "now");
    const rows = await Array.fromAsync(recorder.summaries());
    assertEquals(rows.map(({ requestId }) => requestId), ["now", "earlier"]);
    const detail = await recorder.detail(rows[1]?.id ?? 0);
    assertEquals(detail?.spans.map(({ name }) => name), ["SELECT contacts", "POST webhook"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("observeRequests() records a thousand requests a second, and beyond them those that fail", async () => {
  let now = 0;
  await using recorder = new Recorder({ directory: undefined, now: () => now });
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(noteApi(() => Promise.reject(new Error("planned")))),
    withObserver(observeRequests(recorder, { injectedInto: () => undefined })),
  );
  const get = async (path: string): Promise<void> => {
    await (await server.fetch(new Request(`http://localhost${path}`))).body?.cancel();
  };
  for (let count = 0; count < 1_003; count++) await get("/livez");
  await get("/notes/1");
  assertEquals([[...recorder.recent()].length, recorder.leftOut], [1_001, 3]);
  now = 1_000;
  await get("/readyz");
  assertEquals([...recorder.recent()].slice(0, 3).map(({ path, status }) => [path, status]), [
    ["/readyz", 200],
    ["/notes/1", 500],
    ["/livez", 200],
  ]);
});

import { assertEquals } from "@std/assert";
import type { Call, CallResponse } from "./call.ts";
import { Client } from "./client.ts";
import { Tally } from "./tally.ts";

Deno.test("Client.send() counts a response and a broken connection, and notifies the call of both", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error("Broken off")) });
    return request.url.endsWith("/broken")
      ? new Response(body, { headers: { "Content-Length": "5" } })
      : new Response("whole", { status: 201 });
  });
  const tally = new Tally();
  const settled: (CallResponse | undefined)[] = [];
  const call = (path: string): Call => ({
    kind: "create",
    method: "GET",
    path,
    headers: {},
    expected: 201,
    settle: (response) => void settled.push(response),
  });
  {
    using client = new Client(`http://127.0.0.1:${server.addr.port}`);
    await client.send(call("/whole"), { tally, dueMs: performance.now() });
    await client.send(call("/broken"), { tally, dueMs: performance.now() });
  }
  const { responses, broken, wrong } = tally.totals();
  assertEquals([responses, Object.values(broken), wrong], [1, [1], {}]);
  assertEquals(settled.map((response) => response?.body), ["whole", undefined]);
});

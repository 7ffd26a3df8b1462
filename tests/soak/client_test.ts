import { assertEquals } from "@std/assert";
import type { Answer, Call } from "./call.ts";
import { Client } from "./client.ts";
import { Tally } from "./tally.ts";

Deno.test("Client.send() counts an answer, and a connection that breaks, and tells the call of both", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error("Broken off")) });
    return request.url.endsWith("/broken")
      ? new Response(body, { headers: { "Content-Length": "5" } })
      : new Response("whole", { status: 201 });
  });
  const tally = new Tally();
  const told: (Answer | undefined)[] = [];
  const call = (path: string): Call => ({
    kind: "create",
    method: "GET",
    path,
    headers: {},
    expected: 201,
    settle: (answer) => void told.push(answer),
  });
  {
    using client = new Client(`http://127.0.0.1:${server.addr.port}`);
    await client.send(call("/whole"), { tally, dueMs: performance.now() });
    await client.send(call("/broken"), { tally, dueMs: performance.now() });
  }
  const { answered, broken, wrong } = tally.totals();
  assertEquals([answered, Object.values(broken), wrong], [1, [1], {}]);
  assertEquals(told.map((answer) => answer?.body), ["whole", undefined]);
});

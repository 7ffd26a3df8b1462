import { assert, assertEquals } from "@std/assert";
import { runOpenLoop } from "./open_loop.ts";

const signal = new AbortController().signal;

Deno.test("runOpenLoop() sends all due requests and waits for every response", async () => {
  let responded = 0;
  const dues: number[] = [];
  const sent = await runOpenLoop(async (due) => {
    dues.push(due);
    await new Promise((resolve) => setTimeout(resolve, 20));
    responded++;
  }, { rate: 500, milliseconds: 200, maxPending: 1000, signal });
  assertEquals(sent, { sent: 100, skipped: 0 });
  assertEquals(responded, 100);
  const steps = dues.slice(1).map((due, index) => Math.round(due - (dues[index] ?? 0)));
  assertEquals(new Set(steps), new Set([2]));
});

Deno.test("runOpenLoop() continues without responses, and skips requests above the limit", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  const running = runOpenLoop(() => {
    begun++;
    if (begun === 10) setTimeout(resolve, 100);
    return promise;
  }, { rate: 1000, milliseconds: 50, maxPending: 10, signal });
  const { sent, skipped } = await running;
  assert(sent >= 10);
  assertEquals(sent + skipped, 50);
});

Deno.test("runOpenLoop() ends when the signal aborts", async () => {
  const stopping = new AbortController();
  let count = 0;
  await runOpenLoop(() => {
    if (++count === 5) stopping.abort();
    return Promise.resolve();
  }, { rate: 1000, milliseconds: 600_000, maxPending: 10, signal: stopping.signal });
  assert(count >= 5);
});

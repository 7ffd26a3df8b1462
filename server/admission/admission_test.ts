import { assertEquals } from "@std/assert";
import { SILENT_LOGGER } from "../logger.ts";
import { Admission } from "./admission.ts";

function open(waits: readonly (() => number)[] = [], maxInFlight = 100): Admission {
  return new Admission({ targetMs: 50, maxInFlight, waits }, { logger: SILENT_LOGGER });
}

Deno.test("Admission lets in as many as may be under way, and the next one when one has left", () => {
  using admission = open([], 3);
  assertEquals([1, 2, 3, 4].map(() => admission.enter()), [true, true, true, false]);
  admission.leave();
  assertEquals([admission.enter(), admission.enter()], [true, false]);
});

Deno.test("Admission lets who waits in when there is room, first come first served, and refuses when there is none", async () => {
  using admission = open([], 1);
  assertEquals(admission.enter(), true);
  const order: string[] = [];
  const first = admission.wait().then((admitted) => order.push(`first ${admitted}`));
  const second = admission.wait().then((admitted) => order.push(`second ${admitted}`));
  admission.leave();
  await Promise.all([first, second]);
  assertEquals(order, ["first true", "second false"]);
  assertEquals(admission.inFlight, 1);
});

Deno.test("Admission lets in less while others say that work waits, and as many as before when it does not", async () => {
  let waitedMs = 1000;
  using admission = open([(): number => waitedMs], 1000);
  const before = admission.limit;
  for (let entered = 0; entered < before; entered++) admission.enter();
  while (admission.limit > 32) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals([admission.enter(), await admission.wait()], [false, false]);
  waitedMs = 0;
  for (let left = 0; left < before; left++) admission.leave();
  while (admission.limit < before) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals([admission.enter(), admission.inFlight], [true, 1]);
});

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

Deno.test("Admission lets in less while others say that work waits, and as many as before when it does not", async () => {
  let waitedMs = 1000;
  using admission = open([(): number => waitedMs], 1000);
  for (let entered = 0; entered < 200; entered++) admission.enter();
  while (admission.limit > 32) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(admission.enter(), false);
  await admission.holdBack();
  waitedMs = 0;
  for (let left = 0; left < 200; left++) admission.leave();
  while (admission.limit < 1000) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals([admission.enter(), admission.inFlight], [true, 1]);
});

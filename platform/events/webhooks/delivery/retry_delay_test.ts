import { assert, assertEquals } from "@std/assert";
import { MAX_ATTEMPTS, retryDelayMs } from "./retry_delay.ts";

Deno.test("retryDelayMs() grows exponentially and adds up to about a day", () => {
  assertEquals([1, 2, 3, 11, 12, 21].map((attempts) => retryDelayMs(attempts, 1)), [
    10_000,
    20_000,
    40_000,
    10_240_000,
    14_400_000,
    14_400_000,
  ]);
  assertEquals(retryDelayMs(5, 0), 0);
  assertEquals([MAX_ATTEMPTS, MAX_ATTEMPTS + 1].map((attempts) => retryDelayMs(attempts, 1)), [
    undefined,
    undefined,
  ]);
  let averageMs = 0;
  for (let attempts = 1; attempts < MAX_ATTEMPTS; attempts++) averageMs += retryDelayMs(attempts, 0.5) ?? 0;
  const hours = averageMs / 3_600_000;
  assert(hours > 22 && hours < 26, `${hours} h`);
});

import { assert, assertEquals } from "@std/assert";
import { AdaptiveLimit } from "./adaptive_limit.ts";

const OPTIONS = { min: 10, max: 1000, targetMs: 50 };

Deno.test("AdaptiveLimit decreases from the actual load down to its lower bound", () => {
  const limit = new AdaptiveLimit(OPTIONS);
  assertEquals(limit.value, 1000);
  limit.record({ queueDelayMs: 51, peakInFlight: 200 });
  assertEquals(limit.value, 160);
  limit.record({ queueDelayMs: 500, peakInFlight: 160 });
  assertEquals(limit.value, 80);
  for (let interval = 0; interval < 50; interval++) limit.record({ queueDelayMs: 500, peakInFlight: 80 });
  assertEquals(limit.value, 10);
});

Deno.test("AdaptiveLimit recovers within three seconds after a queue has drained", () => {
  const limit = new AdaptiveLimit(OPTIONS);
  for (let interval = 0; interval < 50; interval++) limit.record({ queueDelayMs: 500, peakInFlight: 10 });
  let intervals = 0;
  while (limit.value < 100) {
    limit.record({ queueDelayMs: 0, peakInFlight: 5 });
    intervals++;
  }
  assert(intervals <= 30, `${intervals} intervals`);
});

Deno.test("AdaptiveLimit settles where a standing queue begins", () => {
  // Every request beyond 100 in flight adds 1 ms of queueing delay.
  const limit = new AdaptiveLimit(OPTIONS);
  const seen: number[] = [];
  for (let interval = 0; interval < 300; interval++) {
    const peakInFlight = limit.value;
    limit.record({ queueDelayMs: Math.max(0, peakInFlight - 100), peakInFlight });
    if (interval > 100) seen.push(limit.value);
  }
  assert(
    Math.min(...seen) >= 110 && Math.max(...seen) <= 170,
    `${Math.min(...seen)} to ${Math.max(...seen)}`,
  );
});

import { assert, assertEquals } from "@std/assert";
import { AdaptiveLimit } from "./adaptive_limit.ts";

const OPTIONS = { least: 10, most: 1000, targetMs: 50 };

Deno.test("AdaptiveLimit comes down from where the load is, and to no less than is always let in", () => {
  const limit = new AdaptiveLimit(OPTIONS);
  assertEquals(limit.value, 1000);
  limit.note({ standingMs: 51, mostInFlight: 200 });
  assertEquals(limit.value, 160);
  limit.note({ standingMs: 500, mostInFlight: 160 });
  assertEquals(limit.value, 80);
  for (let interval = 0; interval < 50; interval++) limit.note({ standingMs: 500, mostInFlight: 80 });
  assertEquals(limit.value, 10);
});

Deno.test("AdaptiveLimit is back within three seconds after a queue has gone", () => {
  const limit = new AdaptiveLimit(OPTIONS);
  for (let interval = 0; interval < 50; interval++) limit.note({ standingMs: 500, mostInFlight: 10 });
  let intervals = 0;
  while (limit.value < 100) {
    limit.note({ standingMs: 0, mostInFlight: 5 });
    intervals++;
  }
  assert(intervals <= 30, `${intervals} intervals`);
});

Deno.test("AdaptiveLimit settles where a queue begins to stay", () => {
  // Whatever is more than 100 at the same time stands in line, 1 ms for each.
  const limit = new AdaptiveLimit(OPTIONS);
  const seen: number[] = [];
  for (let interval = 0; interval < 300; interval++) {
    const mostInFlight = limit.value;
    limit.note({ standingMs: Math.max(0, mostInFlight - 100), mostInFlight });
    if (interval > 100) seen.push(limit.value);
  }
  assert(
    Math.min(...seen) >= 110 && Math.max(...seen) <= 170,
    `${Math.min(...seen)} to ${Math.max(...seen)}`,
  );
});

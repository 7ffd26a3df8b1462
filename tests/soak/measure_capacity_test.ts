import { assertEquals } from "@std/assert";
import { measureCapacity } from "./measure_capacity.ts";

Deno.test("measureCapacity() counts responses of the second half with a limited number of clients", async () => {
  let active = 0;
  let most = 0;
  let clockMs = 1_000;
  const rate = await measureCapacity(async () => {
    most = Math.max(most, ++active);
    await new Promise((resolve) => setTimeout(resolve));
    active--;
    clockMs += 10;
  }, { clients: 3, milliseconds: 400, signal: new AbortController().signal, now: () => clockMs });
  assertEquals([most, active], [3, 0]);
  // Those after 200, 210, … 390 ms: 20 in a fifth of a second.
  assertEquals(rate, 100);
});

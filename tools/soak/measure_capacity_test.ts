import { assert, assertEquals } from "@std/assert";
import { measureCapacity } from "./measure_capacity.ts";

Deno.test("measureCapacity() counts what is answered in the second half, and no more clients at once", async () => {
  let active = 0;
  let most = 0;
  let answered = 0;
  const rate = await measureCapacity(async () => {
    most = Math.max(most, ++active);
    await new Promise((resolve) => setTimeout(resolve, 5));
    active--;
    answered++;
  }, { clients: 3, milliseconds: 400, signal: new AbortController().signal });
  assertEquals([most, active], [3, 0]);
  const counted = rate * 0.2;
  assert(counted > 0 && counted < answered, `${counted} of ${answered}`);
});

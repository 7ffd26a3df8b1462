import { assertEquals } from "@std/assert";
import { SILENT_LOGGER } from "../logger.ts";
import { Admission, type Delay } from "./admission.ts";

function open(maxInFlight: number, delay?: Delay): Admission {
  return new Admission({ targetMs: 50, maxInFlight }, {
    logger: SILENT_LOGGER,
    ...(delay === undefined ? {} : { delay }),
  });
}

Deno.test("Admission lets in as many as may be under way, and the next one when one has left", () => {
  using admission = open(3);
  assertEquals([1, 2, 3, 4].map(() => admission.enter()), [true, true, true, false]);
  admission.leave();
  assertEquals([admission.enter(), admission.enter()], [true, false]);
});

Deno.test("Admission lets who waits in when there is room, first come first served, and refuses when there is none", async () => {
  using admission = open(1);
  assertEquals(admission.enter(), true);
  const order: string[] = [];
  const first = admission.wait().then((admitted) => order.push(`first ${admitted}`));
  const second = admission.wait().then((admitted) => order.push(`second ${admitted}`));
  admission.leave();
  await Promise.all([first, second]);
  assertEquals(order, ["first true", "second false"]);
  assertEquals(admission.inFlight, 1);
});

Deno.test("Admission lets in less while work waits for its turn, and as many as before when it does not", async () => {
  let standingMs = 1000;
  using admission = open(1000, { start(): void {}, stop(): void {}, takeLeast: () => standingMs });
  for (let entered = 0; entered < 200; entered++) admission.enter();
  while (admission.limit > 32) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals([admission.enter(), await admission.wait()], [false, false]);
  standingMs = 0;
  for (let left = 0; left < 200; left++) admission.leave();
  while (admission.limit < 1000) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals([admission.enter(), admission.inFlight], [true, 1]);
});

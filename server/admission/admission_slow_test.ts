import { assertEquals } from "@std/assert";
import { SILENT_LOGGER } from "../logger.ts";
import { Admission, type Delay } from "./admission.ts";

function open(maxInFlight: number, delay?: Delay): Admission {
  return new Admission({ targetMs: 50, maxInFlight }, {
    logger: SILENT_LOGGER,
    ...(delay === undefined ? {} : { delay }),
  });
}

Deno.test("Admission admits requests up to the limit, and the next one after a release", () => {
  using admission = open(3);
  assertEquals([1, 2, 3, 4].map(() => admission.tryAcquire()), [true, true, true, false]);
  admission.release();
  assertEquals([admission.tryAcquire(), admission.tryAcquire()], [true, false]);
});

Deno.test("Admission admits waiting requests in order of arrival, and rejects them after a while", async () => {
  using admission = open(1);
  assertEquals(admission.tryAcquire(), true);
  const order: string[] = [];
  const first = admission.wait().then((admitted) => order.push(`first ${admitted}`));
  const second = admission.wait().then((admitted) => order.push(`second ${admitted}`));
  admission.release();
  await Promise.all([first, second]);
  assertEquals(order, ["first true", "second false"]);
  assertEquals(admission.inFlight, 1);
});

Deno.test("Admission decreases its limit while work is delayed, and recovers", async () => {
  let queueDelayMs = 1000;
  using admission = open(1000, { start(): void {}, stop(): void {}, takeMin: () => queueDelayMs });
  for (let entered = 0; entered < 200; entered++) admission.tryAcquire();
  while (admission.limit > 32) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals([admission.tryAcquire(), await admission.wait()], [false, false]);
  queueDelayMs = 0;
  for (let left = 0; left < 200; left++) admission.release();
  while (admission.limit < 1000) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals([admission.tryAcquire(), admission.inFlight], [true, 1]);
});

import { assert, assertEquals } from "@std/assert";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { WorkerStage } from "./testing/worker_stage.ts";

const HOUR_MS = 3_600_000;

Deno.test("EventWorker makes deliveries that a clock put off which has been set back since", async () => {
  await using stage = await WorkerStage.open();
  const { receiver } = await stage.receive();
  await appendEvents(stage.pool, [{ stream: "order-1" }, { stream: "order-1" }]);
  // The receiver takes nothing from the future: by its clock the signature has not been made yet.
  const ahead = stage.work({ nowMs: () => Date.now() + HOUR_MS });
  while ((await stage.deliveries())[0]?.attempts !== 1) await pause();
  await ahead[Symbol.asyncDispose]();
  assertEquals([receiver.ids, receiver.complaints.length], [[], 1]);
  const { rows } = await stage.pool.writer().query(
    "select from webhook_lanes where due_at > now() + interval '1 hour'",
  );
  assertEquals(rows.length, 1);
  stage.work();
  await stage.untilSettled();
  assertEquals(receiver.received.map(({ id }) => id), ["order-1@1", "order-1@2"]);
});

Deno.test("EventWorker goes on while its clock is set back", async () => {
  await using stage = await WorkerStage.open();
  const { receiver } = await stage.receive();
  // Within what a receiver takes for the same time.
  let offMs = 60_000;
  stage.work({ nowMs: () => Date.now() + offMs });
  for (let count = 1; count <= 10; count++) {
    await appendEvents(stage.pool, [{ stream: `order-${count % 3}` }]);
    await receiver.until(({ length }) => length === count);
    offMs -= 10_000;
  }
  await stage.untilSettled();
  assertEquals(receiver.complaints, []);
  const deliveries = await stage.deliveries();
  assert(deliveries.every(({ state, attempts }) => state === "delivered" && attempts === 1));
});

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}

import { assertEquals } from "@std/assert";
import type { Delivery } from "../domain/delivery.ts";
import { deliveryToJson } from "./webhook_dto.ts";

const FAILED = {
  id: "01a202a0-6c16-72c8-b097-99393b7d15ce",
  eventId: "evt_42",
  eventType: "order.placed",
  state: "pending" as const,
  attempts: 1,
  lastStatus: null,
  lastError: null,
  createdAt: "2026-11-26T00:00:00.000000Z",
  attemptedAt: "2026-11-26T00:00:01.000000Z",
  settledAt: null,
  nextAttemptAt: null,
  waitReason: null,
} satisfies Delivery;

Deno.test("deliveryToJson() does not distinguish an unknown host from a private one", () => {
  const wired = (["unknown-host", "forbidden-address"] as const).map((lastError) =>
    deliveryToJson({ ...FAILED, lastError })
  );
  assertEquals(wired.map(({ lastError }) => lastError), ["no-public-address", "no-public-address"]);
  assertEquals(wired[0], wired[1]);
});

Deno.test("deliveryToJson() returns why a pending delivery waits", () => {
  assertEquals(deliveryToJson({ ...FAILED, waitReason: "earlier-event" }).waitReason, "earlier-event");
  assertEquals(Object.hasOwn(deliveryToJson(FAILED), "waitReason"), false);
});

Deno.test("deliveryToJson() returns other failures as they are, and omits members without a value", () => {
  const { id, eventId, eventType, state, attempts, createdAt, attemptedAt } = FAILED;
  const rest = { id, eventId, eventType, state, attempts, createdAt, attemptedAt };
  assertEquals(deliveryToJson(FAILED), rest);
  const refused = deliveryToJson({ ...FAILED, lastError: "status", lastStatus: 500 });
  assertEquals(refused, { ...rest, lastStatus: 500, lastError: "status" });
});

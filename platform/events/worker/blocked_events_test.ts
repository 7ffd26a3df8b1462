import { assertEquals } from "@std/assert";
import { EventStoreError } from "../store/event_store_error.ts";
import { BlockedEvents } from "./blocked_events.ts";

Deno.test("blocked() counts every event and logs one per reason", () => {
  const lines: unknown[] = [];
  const counted: string[] = [];
  const logger = {
    info(): void {},
    warn(): void {},
    error: (message: string, properties = {}) => void lines.push([message, properties]),
  };
  const events = new BlockedEvents(logger, { jobFailed: (job) => void counted.push(job) });
  const error = new EventStoreError(
    "unknown-event",
    "Cannot read event order.lost: unknown schema version 1",
  );
  const event = {
    ...{ position: 7n, stream: "order-1", version: 2n, type: "order.lost", schemaVersion: 1 },
    ...{ data: { description: "planted" }, metadata: {}, recordedAt: "2026-11-25T15:00:00Z" },
  };
  events.blocked("relay", { event, error });
  events.blocked("relay", { event: { ...event, stream: "order-2" }, error });
  events.blocked("broker", { event, error });
  assertEquals(counted, ["relay", "relay", "broker"]);
  const id = "order-1@2-1795618800000000";
  assertEquals(lines, [
    ["Worker job {job} blocked at event {event}", {
      ...{ job: "relay", event: id, error },
    }],
    ["Worker job {job} blocked at event {event}", {
      ...{ job: "broker", event: id, error },
    }],
  ]);
});

Deno.test("blocked() remembers a bounded number of reasons", () => {
  let logged = 0;
  const logger = { info(): void {}, warn(): void {}, error: () => void logged++ };
  const events = new BlockedEvents(logger, { jobFailed(): void {} });
  const event = {
    ...{ position: 7n, stream: "order-1", version: 2n, type: "order.lost", schemaVersion: 1 },
    ...{ data: {}, metadata: {}, recordedAt: "2026-11-25T15:00:00Z" },
  };
  const blocked = (reason: number): void =>
    events.blocked("relay", { event, error: new Error(`Reason ${reason}`) });
  for (let reason = 0; reason < 1_000; reason++) blocked(reason);
  blocked(0);
  assertEquals(logged, 1_000);
  blocked(1_000);
  blocked(0);
  assertEquals(logged, 1_002);
});

import { assertEquals } from "@std/assert";
import { LagMeter, type ReplicaState } from "./lag_meter.ts";

const upToDate: ReplicaState = { follows: true, streams: true, caughtUp: true, sinceReplayMs: 3_600_000 };

Deno.test("LagMeter.measure() finds no lag on a replica whose primary is idle", () => {
  assertEquals(new LagMeter(() => 0).measure(upToDate), 0);
});

Deno.test("LagMeter.measure() counts from the last replayed transaction while there is more to replay", () => {
  const meter = new LagMeter(() => 0);
  assertEquals(meter.measure({ ...upToDate, caughtUp: false, sinceReplayMs: 5000 }), 5000);
  assertEquals(meter.measure({ ...upToDate, caughtUp: false, sinceReplayMs: null }), Infinity);
});

Deno.test("LagMeter.measure() does not blame a replica for the time its primary was idle", () => {
  let now = 0;
  const meter = new LagMeter(() => now);
  meter.measure(upToDate);
  now = 1000;
  assertEquals(meter.measure({ ...upToDate, caughtUp: false }), 1000);
  now = 4000;
  assertEquals(meter.measure({ ...upToDate, caughtUp: false }), 4000);
  assertEquals(meter.measure({ ...upToDate, caughtUp: false, sinceReplayMs: 20 }), 20);
  assertEquals(meter.measure(upToDate), 0);
});

Deno.test("LagMeter.measure() counts the time in which nothing reaches the replica", () => {
  let now = 0;
  const meter = new LagMeter(() => now);
  assertEquals(meter.measure({ ...upToDate, streams: false }), 3_600_000);
  meter.measure(upToDate);
  now = 7000;
  assertEquals(meter.measure({ ...upToDate, streams: false }), 7000);
});

Deno.test("LagMeter.measure() takes a server that follows nobody as up to date", () => {
  const alone = { follows: false, streams: false, caughtUp: false, sinceReplayMs: null };
  assertEquals(new LagMeter(() => 0).measure(alone), 0);
});

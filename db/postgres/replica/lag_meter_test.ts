import { assertEquals } from "@std/assert";
import { LagMeter, type ReplicaState } from "./lag_meter.ts";

const upToDate: ReplicaState = { follows: true, streams: true, caughtUp: true, sinceReplayMs: 3_600_000 };

Deno.test("LagMeter.measure() measures no lag on a replica of an idle primary", () => {
  assertEquals(new LagMeter(() => 0).measure(upToDate), 0);
});

Deno.test("LagMeter.measure() measures from the last replayed transaction while more is to be replayed", () => {
  const meter = new LagMeter(() => 0);
  assertEquals(meter.measure({ ...upToDate, caughtUp: false, sinceReplayMs: 5000 }), 5000);
  assertEquals(meter.measure({ ...upToDate, caughtUp: false, sinceReplayMs: null }), Infinity);
});

Deno.test("LagMeter.measure() does not count the idle time of the primary", () => {
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

Deno.test("LagMeter.measure() counts the time in which the replica receives nothing", () => {
  let now = 0;
  const meter = new LagMeter(() => now);
  assertEquals(meter.measure({ ...upToDate, streams: false }), 3_600_000);
  meter.measure(upToDate);
  now = 7000;
  assertEquals(meter.measure({ ...upToDate, streams: false }), 7000);
});

Deno.test("LagMeter.measure() measures no lag on a server that follows none", () => {
  const alone = { follows: false, streams: false, caughtUp: false, sinceReplayMs: null };
  assertEquals(new LagMeter(() => 0).measure(alone), 0);
});

import { assert, assertEquals } from "@std/assert";
import { planOutages } from "./plan_outages.ts";

Deno.test("planOutages() plans each kind once per half of a short run, and more often in a long one", () => {
  const kinds = (minutes: number): readonly string[] =>
    planOutages(minutes * 60_000).map(({ of, how }) => `${of} ${how}`);
  const once = [
    ...["standby frozen", "primary silent", "limiter store frozen", "primary reconfigured"],
    ...["standby restarted", "limiter store restarted"],
  ];
  assertEquals(kinds(0.75), [...once, ...once]);
  assertEquals(kinds(12), [...once, ...once, ...once, ...once]);
});

Deno.test("planOutages() ends each outage before the next one and before the end of the half", () => {
  for (const minutes of [0.5, 0.75, 3, 10, 60]) {
    const outages = planOutages(minutes * 60_000);
    const ends = [...outages.slice(1).map(({ at }) => at), minutes * 60_000];
    for (const [index, { at, lasts }] of outages.entries()) {
      assert(at + lasts < (ends[index] ?? 0), `${minutes} minutes, ${index}`);
    }
    const half = outages[outages.length / 2 - 1];
    assert(half !== undefined && half.at + half.lasts < minutes * 30_000, `${minutes} minutes`);
  }
});

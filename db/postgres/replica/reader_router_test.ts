import { seededRandom } from "@archway/conformance/seeded_random.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import type { ReaderPolicy } from "../pool_config.ts";
import { chooseReader } from "./reader_router.ts";

const policies: readonly ReaderPolicy[] = ["least-loaded", "random"];
const loads = fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 });
const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 2,
  maxLength: 2,
});

Deno.test("chooseReader() always returns a candidate if there is one", () => {
  for (const policy of policies) {
    assertEquals(chooseReader([], { policy, random: Math.random }), undefined);
    fc.assert(fc.property(loads, draws, (loads, draws) => {
      const candidates = loads.map((inFlight) => ({ inFlight }));
      const chosen = chooseReader(candidates, { policy, random: replay(draws) });
      assert(chosen !== undefined && candidates.includes(chosen));
    }));
  }
});

Deno.test("chooseReader() never chooses the busiest candidate", () => {
  fc.assert(fc.property(loads, draws, fc.nat(), (loads, draws, place) => {
    const busiest = { inFlight: 1001 };
    const candidates: { inFlight: number }[] = loads.map((inFlight) => ({ inFlight }));
    candidates.splice(place % (candidates.length + 1), 0, busiest);
    const chosen = chooseReader(candidates, { policy: "least-loaded", random: replay(draws) });
    assert(chosen !== busiest);
  }));
});

Deno.test("chooseReader() chooses equal candidates equally often", () => {
  for (const policy of policies) {
    for (const size of [2, 3, 5]) {
      const candidates = Array.from({ length: size }, (_, id) => ({ id, inFlight: 7 }));
      const counts = candidates.map(() => 0);
      // Every pair of draws once: a grid instead of random numbers.
      for (let first = 0; first < size; first++) {
        for (let second = 0; second < size - 1; second++) {
          const random = replay([(first + 0.5) / size, (second + 0.5) / (size - 1)]);
          const { id } = chooseReader(candidates, { policy, random }) ?? { id: -1 };
          counts[id] = (counts[id] ?? 0) + 1;
        }
      }
      assertEquals(counts, candidates.map(() => size - 1));
    }
  }
});

Deno.test("chooseReader() balances unequal servers better than random choice", () => {
  const random = seededRandom(1);
  const spread = (policy: ReaderPolicy): number => {
    const candidates = Array.from({ length: 10 }, () => ({ inFlight: 0 }));
    for (let read = 0; read < 10_000; read++) {
      const chosen = chooseReader(candidates, { policy, random });
      if (chosen) chosen.inFlight++;
    }
    const counts = candidates.map(({ inFlight }) => inFlight);
    return Math.max(...counts) - Math.min(...counts);
  };
  assert(spread("least-loaded") <= 10);
  assert(spread("random") > 10);
});

Deno.test("chooseReader() chooses the second candidate if the first is busier", () => {
  const [idle, busy] = [{ inFlight: 0 }, { inFlight: 1 }];
  for (const first of [0, 0.99]) {
    const random = replay([first, 0]);
    assertStrictEquals(chooseReader([busy, idle], { policy: "least-loaded", random }), idle);
  }
});

function replay(values: readonly number[]): () => number {
  const rest = [...values];
  return () => rest.shift() ?? 0;
}

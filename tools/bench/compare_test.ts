import { assertEquals } from "@std/assert";
import { compare, median, type Variant } from "./compare.ts";
import type { Sample } from "./metrics.ts";

const { signal } = new AbortController();

function variantsOf(seen: string[], names: string, more: Partial<Variant> = {}): readonly Variant[] {
  return [...names].map((name) => ({
    name,
    measure: (milliseconds) => Promise.resolve({ p50: seen.push(`${name}${milliseconds}`) }),
    ...more,
  }));
}

Deno.test("compare() measures every variant in every round, and begins with another each time", async () => {
  const seen: string[] = [];
  const results = await compare({ settings: { rounds: 3, seconds: 2 }, signal }, variantsOf(seen, "abc"), {
    row: "x",
  });
  assertEquals(seen.slice(0, 3), ["a1000", "b1000", "c1000"]);
  assertEquals(seen.slice(3).join(" "), "a2000 b2000 c2000 b2000 c2000 a2000 c2000 a2000 b2000");
  assertEquals(results.map(({ name, figures }) => [name, figures.p50?.median]), [["x, a", 9], ["x, b", 7], [
    "x, c",
    8,
  ]]);
});

Deno.test("compare() keeps an order that matters, and warms up what may be", async () => {
  const seen: string[] = [];
  const variants = [...variantsOf(seen, "a"), ...variantsOf(seen, "bc", { warmsUp: false })];
  await compare({ settings: { rounds: 2, seconds: 0.5 }, signal }, variants, { inOrder: true });
  assertEquals(seen.join(" "), "a500 a500 b500 c500 a500 b500 c500");
});

Deno.test("compare() takes medians, and divides round by round", async () => {
  const replay = (name: string, samples: Sample[]): Variant => ({
    name,
    warmsUp: false,
    measure: () => Promise.resolve(samples.shift() ?? {}),
  });
  const variants = [
    replay("slow", [100, 200, 300].map((p50) => ({ p50, p99: 1, processorTime: undefined }))),
    replay("fast", [50, 50, 200].map((p50) => ({ p50, p99: 1 }))),
  ];
  const [slow, fast] = await compare({ settings: { rounds: 3 }, signal }, variants, {
    bases: ["fast"],
    compared: ["p50", "processorTime"],
  });
  assertEquals(slow, {
    name: "slow",
    figures: { p50: { median: 200, min: 100, max: 300 }, p99: { median: 1, min: 1, max: 1 } },
    ratios: { fast: { p50: { median: 2, min: 1.5, max: 4 } } },
  });
  assertEquals(fast?.ratios, { fast: { p50: { median: 1, min: 1, max: 1 } } });
});

Deno.test("median() is the middle value, or the mean of the two in the middle", () => {
  assertEquals([[3, 1, 2], [4, 1, 3, 2], [7], []].map(median), [2, 2.5, 7, NaN]);
});

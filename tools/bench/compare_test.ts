import { assertEquals } from "@std/assert";
import { alternate, resultsOf, type Variant } from "./compare.ts";

const { signal } = new AbortController();

function recorder(): { readonly variants: readonly Variant[]; readonly seen: string[] } {
  const seen: string[] = [];
  const variants = ["a", "b", "c"].map((name) => ({
    name,
    measure: (milliseconds: number) => {
      seen.push(`${name}${milliseconds}`);
      return Promise.resolve({ p50: seen.length });
    },
  }));
  return { variants, seen };
}

Deno.test("alternate() measures every variant in every round, and begins with another each time", async () => {
  const { variants, seen } = recorder();
  const samples = await alternate(variants, { rounds: 3, seconds: 2, signal });
  assertEquals(seen.slice(0, 3), ["a1000", "b1000", "c1000"]);
  assertEquals(seen.slice(3).join(" "), "a2000 b2000 c2000 b2000 c2000 a2000 c2000 a2000 b2000");
  assertEquals(samples.map((list) => list.map(({ p50 }) => p50)), [[4, 9, 11], [5, 7, 12], [6, 8, 10]]);
});

Deno.test("alternate() keeps an order that matters, and warms up what may be", async () => {
  const { variants: [first, ...others], seen } = recorder();
  const variants = [...first ? [first] : [], ...others.map((other) => ({ ...other, warmsUp: false }))];
  await alternate(variants, { rounds: 2, seconds: 0.5, signal, inOrder: true });
  assertEquals(seen.join(" "), "a500 a500 b500 c500 a500 b500 c500");
});

Deno.test("resultsOf() takes medians, and divides round by round", () => {
  const rounds = [
    { name: "slow", samples: [100, 200, 300].map((p50) => ({ p50, p99: 1, processorTime: undefined })) },
    { name: "fast", samples: [50, 50, 200].map((p50) => ({ p50, p99: 1 })) },
  ];
  const [slow, fast] = resultsOf(rounds, { row: "list", bases: ["fast"], compared: ["p50"] });
  assertEquals(slow, {
    name: "list, slow",
    figures: { p50: { median: 200, min: 100, max: 300 }, p99: { median: 1, min: 1, max: 1 } },
    ratios: { fast: { p50: { median: 2, min: 1.5, max: 4 } } },
  });
  assertEquals(fast?.ratios, { fast: { p50: { median: 1, min: 1, max: 1 } } });
});

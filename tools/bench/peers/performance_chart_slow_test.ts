import { assertEquals } from "@std/assert";
import { performanceChart } from "./performance_chart.ts";

Deno.test("performanceChart() draws a bar with its value for each program and row", async () => {
  const results = (first: number, second: number): readonly object[] =>
    Object.entries({ bare: first, Archway: second }).map(([name, median]) => ({
      name,
      figures: { processorTime: { median, min: median, max: median } },
      ratios: {},
    }));
  const report = JSON.parse(
    JSON.stringify({ rows: { "one by id": results(61.23, 40), "list": results(120, 99) } }),
  );
  const svg = await performanceChart(report);
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  const expected = [
    "CPU µs per request",
    "one by id",
    "list",
    "bare",
    "Archway",
    "61.2",
    "40.0",
    "120",
    "99.0",
  ];
  assertEquals(expected.filter((text) => !texts.includes(text)), []);
  assertEquals(svg.match(/fill="#2f81f7"/g)?.length, 2);
});

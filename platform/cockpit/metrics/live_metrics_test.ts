import { assert, assertEquals } from "@std/assert";
import { chartsOf } from "./charts.ts";
import { Gauge, Quantiles, Rates } from "./instrument.ts";
import { LiveMetrics, type MetricSample } from "./live_metrics.ts";

const SECONDS = { description: "Duration", unit: "s", labels: [] } as const;

Deno.test("Quantiles are exact to a few per cent, and begin again with each interval", () => {
  const quantiles = new Quantiles({ ...SECONDS, name: "archway.order.duration" });
  for (let ms = 1; ms <= 1000; ms++) quantiles.add(ms / 1000);
  const { p50 = 0, p99 = 0 } = quantiles.take();
  assert(Math.abs(p50 / 0.5 - 1) < 0.04, `p50 ${p50}`);
  assert(Math.abs(p99 / 0.99 - 1) < 0.04, `p99 ${p99}`);
  assertEquals(quantiles.take(), {});
  for (const value of [0, -1, 1e-9, 1e9]) quantiles.add(value);
  assertEquals(quantiles.take()["p50"], 1e-6);
});

Deno.test("chartsOf() shows metrics of the program first, and one chart for each metric of a module", () => {
  const gauge = (name: string, labels: readonly string[], value: number): Gauge =>
    new Gauge({ name, description: name, unit: "", labels }, () => [
      { value, labels: Object.fromEntries(labels.map((label) => [label, "x"])) },
    ]);
  const charts = chartsOf([
    gauge("archway.order.depth", ["queue"], 3),
    gauge("archway.db.connections", ["instance", "state"], 2),
    gauge("archway.db.connections.max", ["instance"], 9),
    gauge("archway.db.waiting", ["instance"], 0),
    new Rates({ name: "archway.order.sent", description: "Sent orders", labels: [] }),
  ]);
  const titles = (isMain: boolean): readonly string[] =>
    charts.filter((chart) => chart.isMain === isMain).map(({ title }) => title);
  assertEquals(titles(false), ["Sent orders"]);
  assertEquals(titles(true).length, 9);
  const lines = new Map(charts.map((chart) => [chart.title, chart.take(1)]));
  assertEquals(lines.get("Queues"), { x: 3 });
  assertEquals(lines.get("Database connections"), { "x x": 2, "maximum x": 9, "waiting for x": 0 });
  assertEquals(lines.get("Replication lag"), {});
});

Deno.test("LiveMetrics measures only while a page watches, and keeps its samples for the next one", async () => {
  const metrics = new LiveMetrics();
  const sent = metrics.counter({
    name: "archway.order.sent",
    description: "Sent orders",
    unit: "",
    labels: [],
  });
  sent(5, {});
  const next = Promise.withResolvers<MetricSample>();
  const watch = metrics.watch(({ samples: [sample] }) => sample !== undefined && next.resolve(sample));
  sent(7, {});
  // The timer alone does not keep the process.
  const keep = setInterval(() => {}, 1_000);
  const { charts } = await next.promise;
  clearInterval(keep);
  const rate = charts["archway.order.sent"]?.["value"] ?? 0;
  assert(rate > 0 && rate <= 7, `${rate} per second`);
  watch[Symbol.dispose]();
  let stored: readonly MetricSample[] = [];
  metrics.watch(({ samples }) => stored = samples)[Symbol.dispose]();
  assertEquals(stored.map(({ charts }) => Object.keys(charts)), [Object.keys(charts)]);
});

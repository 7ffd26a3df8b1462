import { assertEquals } from "@std/assert";
import { mergeMetrics } from "./merge_metrics.ts";

Deno.test("mergeMetrics() writes each family once, and labels each series with its process", () => {
  const text = (count: number): string =>
    [
      "# HELP requests_total Requests, by route",
      "# TYPE requests_total counter",
      `requests_total{route="/v1/a{id}",note="a,\\"b\\" }"} ${count} 1700000000`,
      "# HELP delay_seconds Delay",
      "# TYPE delay_seconds histogram",
      `delay_seconds_bucket{le="+Inf"} ${count}`,
      `delay_seconds_sum ${count}.5`,
      `delay_seconds_count ${count}`,
      "",
    ].join("\n");
  const merged = mergeMetrics([
    { worker: 0, text: text(1) },
    { worker: 1, text: `${text(2)}# TYPE files gauge\nfiles NaN\n# a comment\nmalformed\n# EOF\n` },
  ]);
  assertEquals(merged.split("\n"), [
    "# HELP requests_total Requests, by route",
    "# TYPE requests_total counter",
    'requests_total{route="/v1/a{id}",note="a,\\"b\\" }",worker="0"} 1 1700000000',
    'requests_total{route="/v1/a{id}",note="a,\\"b\\" }",worker="1"} 2 1700000000',
    "# HELP delay_seconds Delay",
    "# TYPE delay_seconds histogram",
    'delay_seconds_bucket{le="+Inf",worker="0"} 1',
    'delay_seconds_sum{worker="0"} 1.5',
    'delay_seconds_count{worker="0"} 1',
    'delay_seconds_bucket{le="+Inf",worker="1"} 2',
    'delay_seconds_sum{worker="1"} 2.5',
    'delay_seconds_count{worker="1"} 2',
    "# TYPE files gauge",
    'files{worker="1"} NaN',
    "",
  ]);
  assertEquals(mergeMetrics([]), "");
});

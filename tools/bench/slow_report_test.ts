import { assertEquals } from "@std/assert";
import { renderSlowReport } from "./slow_report.ts";

Deno.test("renderSlowReport() tells what normal clients notice of slow ones, and what the guard costs", () => {
  const attack = {
    quietP99: 8000,
    attackedP99: 10_000,
    p99Ratio: { median: 1.25, min: 1, max: 1.5 },
    speedRatio: { median: 0.9, min: 0.8, max: 1 },
    dropped: 1500,
  };
  const rows = [{ label: "health", attack, guarded: { median: 0.6, min: 0.5, max: 0.7 } }];
  assertEquals(
    renderSlowReport({ rounds: 3, seconds: 4, connections: 50, slow: 1000, cores: 2, rows }),
    `Medians of 3 rounds of 4 s each, 50 normal and 1000 slow clients; server, PostgreSQL and all clients share 2 cores.

|        | p99 ms quiet | p99 ms attacked | ratio |   min-max | req/s ratio | ended |
| ------ | -----------: | --------------: | ----: | --------: | ----------: | ----: |
| health |          8.0 |            10.0 |  1.25 | 1.00-1.50 |        0.90 |  1500 |

| req/s  | guarded/unguarded |   min-max |
| ------ | ----------------: | --------: |
| health |              0.60 | 0.50-0.70 |
`,
  );
});

import { assertEquals } from "@std/assert";
import { renderReport } from "./report.ts";

Deno.test("renderReport() writes Markdown tables", () => {
  const report = renderReport({
    rounds: 5,
    seconds: 2,
    connections: 16,
    cores: 2,
    comparisons: [{
      row: "one",
      service: { requestsPerSecond: 9000.4, p50: 1700, p99: 4005 },
      bare: { requestsPerSecond: 10000, p50: 1500, p99: 3500 },
      ratio: { median: 0.9, min: 0.854, max: 1 },
    }],
    starts: {
      firstEmbeddedMs: 2100.4,
      laterEmbeddedMs: 900,
      realMs: 400,
      embeddedMemory: { afterStart: undefined, afterLoad: undefined },
      realMemory: { afterStart: 80.2, afterLoad: 120 },
    },
  });
  assertEquals(
    report,
    `Medians of 5 rounds of 2 s each, 16 connections; the server under load, PostgreSQL and the load generator share 2 cores.

|           | service req/s | p50 ms | p99 ms | bare req/s | p50 ms | p99 ms | service/bare |   min-max |
| --------- | ------------: | -----: | -----: | ---------: | -----: | -----: | -----------: | --------: |
| one by id |          9000 |   1.70 |   4.00 |      10000 |   1.50 |   3.50 |         0.90 | 0.85-1.00 |

|                           | start until ready, ms | memory after start, MiB | memory after load, MiB |
| ------------------------- | --------------------: | ----------------------: | ---------------------: |
| embedded, empty directory |                  2100 |                         |                        |
| embedded, again           |                   900 |                 unknown |                unknown |
| PostgreSQL, migrated      |                   400 |                      80 |                    120 |
`,
  );
});

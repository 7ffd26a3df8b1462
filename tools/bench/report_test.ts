import { assertEquals } from "@std/assert";
import { renderReport } from "./report.ts";

Deno.test("renderReport() writes Markdown tables", () => {
  const report = renderReport({
    rounds: 5,
    seconds: 2,
    connections: 16,
    cores: 2,
    names: ["service", "bare"],
    comparisons: [{
      row: "one",
      measured: { requestsPerSecond: 9000.4, p50: 1700, p99: 4005 },
      base: { requestsPerSecond: 10000, p50: 1500, p99: 3500 },
      ratio: { median: 0.9, min: 0.854, max: 1 },
      processor: { measured: 95.25, base: 80, ratio: { median: 1.191, min: 1.1, max: 1.2 } },
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
| one by id |          9000 |   1.70 |   4.00 |      10000 |   1.50 |   3.50 |        0.900 | 0.85-1.00 |

Processor time of the server per request, user and system:

|           | service µs | bare µs | service/bare |   min-max |
| --------- | ---------: | ------: | -----------: | --------: |
| one by id |       95.3 |    80.0 |        1.191 | 1.10-1.20 |

|                           | start until ready, ms | memory after start, MiB | memory after load, MiB |
| ------------------------- | --------------------: | ----------------------: | ---------------------: |
| embedded, empty directory |                  2100 |                         |                        |
| embedded, again           |                   900 |                 unknown |                unknown |
| PostgreSQL, migrated      |                   400 |                      80 |                    120 |
`,
  );
});

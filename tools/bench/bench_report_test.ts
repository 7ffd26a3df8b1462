import { assertEquals } from "@std/assert";
import { renderReport } from "./bench_report.ts";
import type { Spread } from "./compare.ts";

const at = (median: number, min = median, max = median): Spread => ({ median, min, max });

Deno.test("renderReport() has CPU before requests, ratios beside their metrics, and no column without a value", () => {
  const bare = { figures: { requestsPerSecond: at(10_000), processorTime: at(80), p99: at(3500) } };
  const service = { figures: { requestsPerSecond: at(2.34), processorTime: at(95.25), p99: at(4005) } };
  const ratio = { processorTime: at(1.191, 1.1, 1.2), requestsPerSecond: at(12.4, 9, 20.2) };
  const report = renderReport({
    name: "rows",
    description: "a service beside another",
    settings: { rounds: 5, contacts: 100_000 },
    cores: 2,
    tables: {
      "Reads": [
        {
          ...bare,
          name: "one by id, bare",
          ratios: { bare: { processorTime: at(1), requestsPerSecond: at(1) } },
        },
        { ...service, name: "one by id, service", ratios: { bare: ratio } },
      ],
      "": [
        { name: "embedded", figures: { startTime: at(2_100_400) }, ratios: {} },
        { name: "in process", figures: { requestTime: at(12, 11, 13) }, ratios: {} },
      ],
    },
  });
  assertEquals(
    report,
    `## rows: a service beside another

Medians of 5 rounds, 100,000 contacts; servers, PostgreSQL and clients share 2 cores. Ratios are those of the same rounds: median (min-max).

Reads:

|                    | CPU µs |            /bare | req/s |            /bare | p99 ms |
| ------------------ | -----: | ---------------: | ----: | ---------------: | -----: |
| one by id, bare    |   80.0 | 1.00 (1.00-1.00) | 10000 | 1.00 (1.00-1.00) |   3.50 |
| one by id, service |   95.3 | 1.19 (1.10-1.20) |   2.3 |        12 (9-20) |   4.00 |

|            |   µs | least µs | start until ready, ms |
| ---------- | ---: | -------: | --------------------: |
| embedded   |      |          |                  2100 |
| in process | 12.0 |     11.0 |                       |
`,
  );
});

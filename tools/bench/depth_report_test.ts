import { assertEquals } from "@std/assert";
import { renderDepthReport } from "./depth_report.ts";

const MEDIANS = { requestsPerSecond: 1999.6, p50: 1500, p99: 20_000 };
const EVEN = { median: 1, min: 1, max: 1 };

Deno.test("renderDepthReport() writes a table for each part that was measured", () => {
  const ratio = { median: 12.4, min: 9, max: 20.2 };
  const report = renderDepthReport({
    contacts: 1_000_000,
    rounds: 5,
    seconds: 2,
    connections: 16,
    cores: 2,
    load: undefined,
    alone: [
      { label: "by cursor", medians: MEDIANS, ratio: EVEN },
      { label: "by number", medians: { ...MEDIANS, requestsPerSecond: 2.34 }, ratio },
    ],
    replicas: [
      { row: "one", replicas: undefined, medians: MEDIANS, ofBare: EVEN, ofNone: EVEN },
      { row: "one", replicas: 0, medians: MEDIANS, ofBare: EVEN, ofNone: EVEN },
      { row: "list", replicas: 1, medians: MEDIANS, ofBare: EVEN, ofNone: EVEN },
      {
        row: "list",
        replicas: 2,
        medians: MEDIANS,
        ofBare: { median: 0.851, min: 0.8, max: 0.9 },
        ofNone: EVEN,
      },
    ],
  });
  assertEquals(
    report,
    `Medians of 5 rounds of 2 s each, 1,000,000 contacts; the program under load, PostgreSQL and the load generator share 2 cores.

Pages of 20, one client:

|           | requests/s | p50 ms | p99 ms | p50/first |   min-max |
| --------- | ---------: | -----: | -----: | --------: | --------: |
| by cursor |       2000 |   1.50 |  20.00 |      1.00 | 1.00-1.00 |
| by number |        2.3 |   1.50 |  20.00 |        12 |      9-20 |

Reads, 16 connections:

|                        | requests/s | p50 ms | p99 ms | /bare |   min-max | /no replica |   min-max |
| ---------------------- | ---------: | -----: | -----: | ----: | --------: | ----------: | --------: |
| one by id, bare        |       2000 |   1.50 |  20.00 |  1.00 | 1.00-1.00 |        1.00 | 1.00-1.00 |
| one by id, no replica  |       2000 |   1.50 |  20.00 |  1.00 | 1.00-1.00 |        1.00 | 1.00-1.00 |
| list of 20, 1 replica  |       2000 |   1.50 |  20.00 |  1.00 | 1.00-1.00 |        1.00 | 1.00-1.00 |
| list of 20, 2 replicas |       2000 |   1.50 |  20.00 |  0.85 | 0.80-0.90 |        1.00 | 1.00-1.00 |
`,
  );
});

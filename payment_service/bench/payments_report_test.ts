import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderPaymentsReport } from "./payments_report.ts";

const RUN = { rounds: 3, seconds: 2, connections: 16, accounts: 1000, cores: 2 };
const MEDIANS = { requestsPerSecond: 812.4, p50: 18_123, p99: 40_000 };
const COMPARISON = {
  label: "many accounts",
  measured: MEDIANS,
  base: { ...MEDIANS, requestsPerSecond: 1000 },
  ratio: { median: 0.812, min: 0.79, max: 0.84 },
};

Deno.test("renderPaymentsReport() shows the service beside the bare loop, and the rest beneath", () => {
  const text = renderPaymentsReport({
    ...RUN,
    payments: [COMPARISON],
    replay: { ...COMPARISON, label: "a key again" },
    rebuild: { events: 200_000, seconds: 12.5 },
  });
  assertStringIncludes(text, "3 rounds of 2 s each, 16 clients, 1000 accounts");
  assertStringIncludes(text, "service/bare loop");
  assertStringIncludes(text, "| many accounts |        812 |  18.12 |  40.00 |");
  assertStringIncludes(text, "0.81 | 0.79-0.84 |");
  assertStringIncludes(text, "replay/read");
  assertStringIncludes(text, "200,000 events in 12.5 s: 16,000 events a second");
});

Deno.test("renderPaymentsReport() leaves out what was not asked for", () => {
  const text = renderPaymentsReport({ ...RUN, payments: [], replay: undefined, rebuild: undefined });
  assertEquals(text.includes("|"), false);
});

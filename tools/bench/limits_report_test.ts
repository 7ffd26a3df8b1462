import { assertStringIncludes } from "@std/assert";
import { renderLimitsReport } from "./limits_report.ts";

Deno.test("renderLimitsReport() compares within a round", () => {
  const text = renderLimitsReport({
    rounds: 3,
    requests: 100,
    cores: 2,
    variants: [
      { name: "no limits", times: [10, 20, 40] },
      { name: "rates", times: [11, 24, 60] },
    ],
  });
  assertStringIncludes(text, "3 rounds of 100 requests, 2 cores");
  assertStringIncludes(text, "| no limits | 20.0 |  1.00 | 1.00-1.00 |     10.0 |");
  assertStringIncludes(text, "| rates     | 24.0 |  1.20 | 1.10-1.50 |     11.0 |");
});

import { assertStringIncludes } from "@std/assert";
import { renderTelemetryReport } from "./telemetry_report.ts";

Deno.test("renderTelemetryReport() shows a ratio for everything that is switched on", () => {
  const ratios = [{ median: 0.9, min: 0.8, max: 1 }, { median: 0.5, min: 0.25, max: 0.75 }];
  const text = renderTelemetryReport({
    rounds: 3,
    seconds: 1,
    connections: 16,
    cores: 2,
    variants: ["log", "traces"],
    rows: [{ label: "one by id", ratios }],
  });
  assertStringIncludes(text, "of 3 rounds of 1 s");
  assertStringIncludes(text, "| one by id | 0.90 (0.80-1.00) | 0.50 (0.25-0.75) |");
});

import { assertEquals } from "@std/assert";
import { renderOverloadReport } from "./overload_report.ts";

Deno.test("renderOverloadReport() tells what was served, refused and how it went on", () => {
  const text = renderOverloadReport({
    rounds: 5,
    seconds: 3,
    connections: 16,
    crowd: 320,
    times: 10,
    cores: 2,
    rows: [{
      label: "list, refusing",
      capacity: 4321.4,
      goodput: { median: 0.913, min: 0.8, max: 1 },
      recovery: { median: 1, min: 0.9, max: 1.1 },
      p99: 81_234,
      refused: 1234.5,
    }],
  });
  const [, , heading, , row] = text.split("\n");
  assertEquals(heading?.split("|").map((cell) => cell.trim()).slice(1, 5), [
    "",
    "capacity req/s",
    "goodput",
    "min-max",
  ]);
  assertEquals(row?.split("|").map((cell) => cell.trim()).slice(1, -1), [
    "list, refusing",
    "4321",
    "0.91",
    "0.80-1.00",
    "81",
    "1235",
    "1.00",
    "0.90-1.10",
  ]);
});

import { assertEquals } from "@std/assert";
import { formatBytes } from "./format_bytes.ts";

Deno.test("formatBytes() selects the unit by size, including where rounding reaches the next unit", () => {
  const cases: readonly (readonly [bytes: bigint, text: string])[] = [
    [0n, "0 B"],
    [1023n, "1023 B"],
    [1024n, "1.0 kB"],
    [7_759_462n, "7.4 MB"],
    [1024n ** 2n - 1n, "1.0 MB"],
    [3n * 1024n ** 3n, "3.0 GB"],
    [5000n * 1024n ** 4n, "5000.0 TB"],
  ];
  for (const [bytes, text] of cases) assertEquals(formatBytes(bytes), text);
});

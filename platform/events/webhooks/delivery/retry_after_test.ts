import { assertEquals } from "@std/assert";
import { retryAfterMs } from "./retry_after.ts";

const NOW = Date.parse("2026-11-29T12:00:00Z");

Deno.test("retryAfterMs() reads seconds and dates, up to a bound", () => {
  const cases:
    readonly (readonly [status: number, retryAfter: string | undefined, ms: number | undefined])[] = [
      [429, "120", 120_000],
      [503, "120", 120_000],
      [503, "0", 0],
      [429, "Sun, 29 Nov 2026 12:01:30 GMT", 90_000],
      [429, "Sun, 29 Nov 2026 11:00:00 GMT", 0],
      [429, "99999999999999999999", 14_400_000],
      [503, "Fri, 31 Dec 9999 23:59:59 GMT", 14_400_000],
      // Without a valid value.
      ...[undefined, "", "-1", "1.5", "1e3", "soon", "Sun, 99 Nov 2026 12:01:30 GMT", "2026-11-29"].flatMap((
        text,
      ) => [[429, text, 30_000], [503, text, undefined]] as const),
      // Other responses ask for nothing.
      ...[200, 301, 400, 410, 500, 502].map((status) => [status, "120", undefined] as const),
    ];
  for (const [status, retryAfter, ms] of cases) {
    assertEquals(retryAfterMs({ status, retryAfter }, NOW), ms, `${status} ${retryAfter}`);
  }
});

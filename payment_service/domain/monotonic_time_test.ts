import { assertEquals } from "@std/assert";
import { monotonicTime } from "./monotonic_time.ts";

Deno.test("monotonicTime() returns the current time, or a later one than all earlier times", () => {
  const now = "2026-11-25T10:00:00Z";
  assertEquals(monotonicTime(now, []), now);
  assertEquals(monotonicTime(now, ["2026-11-25T09:59:59.999998Z"]), now);
  assertEquals(monotonicTime(now, [now]), "2026-11-25T10:00:00.000001Z");
  assertEquals(
    monotonicTime(now, ["2026-11-25T11:00:00Z", "2026-11-25T10:30:00.5Z"]),
    "2026-11-25T11:00:00.000001Z",
  );
});

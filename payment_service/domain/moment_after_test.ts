import { assertEquals } from "@std/assert";
import { momentAfter } from "./moment_after.ts";

Deno.test("momentAfter() is now, unless something happened later", () => {
  const now = "2026-11-25T10:00:00Z";
  assertEquals(momentAfter(now, []), now);
  assertEquals(momentAfter(now, ["2026-11-25T09:59:59.999998Z"]), now);
  assertEquals(momentAfter(now, [now]), "2026-11-25T10:00:00.000001Z");
  assertEquals(
    momentAfter(now, ["2026-11-25T11:00:00Z", "2026-11-25T10:30:00.5Z"]),
    "2026-11-25T11:00:00.000001Z",
  );
});

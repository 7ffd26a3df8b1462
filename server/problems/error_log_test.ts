import { assertEquals } from "@std/assert";
import { ErrorLog } from "./error_log.ts";

Deno.test("ErrorLog.failed() limits each kind per second and counts the suppressed failures", () => {
  const logged: (readonly [unknown, unknown])[] = [];
  let now = 0;
  const log = new ErrorLog({
    info(): void {},
    warn(): void {},
    error: (_message, properties): void => void logged.push([properties?.["id"], properties?.["unlogged"]]),
  }, () => now);
  for (let id = 0; id < 1_000; id++) log.failed("database-unavailable", { id });
  log.failed("internal-error", { id: "other" });
  assertEquals(logged, [
    ...Array.from({ length: 10 }, (_, id) => [id, undefined] as const),
    ["other", undefined],
  ]);
  now = 1_000;
  log.failed("database-unavailable", { id: "later" });
  log.failed("database-unavailable", { id: "last" });
  assertEquals(logged.slice(11), [["later", 990], ["last", undefined]]);
});

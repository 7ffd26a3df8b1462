import { assertEquals } from "@std/assert";
import { StoreRecovery } from "./store_recovery.ts";

/** Returns the number of fast probes until the store is used again. */
function probesOf(recovery: StoreRecovery): number {
  let probes = 1;
  while (recovery.responded(1) !== "recovered") probes++;
  return probes;
}

Deno.test("StoreRecovery.responded() requires fast probes in a row", () => {
  const recovery = new StoreRecovery({ timeoutMs: 200 });
  recovery.lost();
  const states = [1, 100, 101, 150, 1, 1].map((ms) => recovery.responded(ms));
  assertEquals(states, ["recovering", "recovering", "slow", "slow", "recovering", "recovering"]);
  recovery.failed();
  assertEquals(probesOf(recovery), 3);
});

Deno.test("StoreRecovery.responded() requires more probes of a store that was lost again soon", () => {
  let now = 0;
  const recovery = new StoreRecovery({ timeoutMs: 200, now: () => now });
  const needed = Array.from({ length: 6 }, () => {
    recovery.lost();
    now += 1000;
    return probesOf(recovery);
  });
  assertEquals(needed, [3, 6, 12, 24, 48, 60]);
  now += 60_000;
  recovery.lost();
  assertEquals(probesOf(recovery), 3);
});

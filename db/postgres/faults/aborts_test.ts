import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { openPool } from "../open_pool.ts";
import { DRIVERS } from "../pool_config.ts";
import { abortAtRandom } from "./testing/abort_at_random.ts";

for (const driver of DRIVERS) {
  Deno.test(`query() aborts 1,000 statements and no other one, with ${driver}`, async () => {
    await using database = await useTestDatabase();
    const primary = { ...database.instance, driver, maxConnections: 4 };
    await using pool = openPool({ primary, replicas: [], readsPosition: true, ...GENEROUS_TIMEOUTS });
    // From now on, the position is read behind each statement that may write.
    await pool.position();
    const { aborted, wrong } = await abortAtRandom(pool, 1_000);
    assertEquals(wrong, []);
    assertGreaterOrEqual(aborted, 1_000);
  });
}

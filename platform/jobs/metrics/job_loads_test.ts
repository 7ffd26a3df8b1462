import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { migrationSources } from "@archway/program/project.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { enqueueMany } from "../enqueue.ts";
import { jobsModule } from "../module.ts";
import { sendReceipt } from "../testing/shop/send_receipt.ts";
import { JobLoads } from "./job_loads.ts";

Deno.test("JobLoads counts due and dead jobs by kind, and no running and delayed ones", async () => {
  await using database = await useTestDatabase({ migrations: migrationSources([jobsModule]) });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const db = pool.writer();
  const now = Date.parse("2027-03-01T12:00:00Z");
  const loads = new JobLoads({ database: pool, kinds: [sendReceipt.kind], nowMs: () => now });
  const none = { kind: sendReceipt.kind, waiting: 0, ageSeconds: 0, dead: 0 };
  assertEquals(loads.readings(), [none]);
  await loads.step();
  assertEquals(loads.readings(), [none]);

  const payload = { orderId: "1", url: "http://127.0.0.1:9/" };
  const times = ["11:59:00", "11:59:30", "11:58:00", "12:00:30", "13:00:00"];
  await enqueueMany(
    db,
    sendReceipt,
    times.map((time) => ({ payload, uniqueKey: time, runAt: `2027-03-01T${time}Z` })),
  );
  await db.query("update jobs set dead_at = due_at where unique_key = '11:58:00'");
  await db.query("update jobs set lease = gen_random_uuid() where unique_key = '12:00:30'");
  await db.query(
    "insert into jobs (id, kind, priority, payload, created_at, due_at, scheduled_at) " +
      "select gen_random_uuid(), 'shop.newer', 1, '{}', due_at, due_at, due_at from jobs where unique_key = '11:59:30'",
  );
  await loads.step();
  assertEquals(loads.readings(), [
    { kind: sendReceipt.kind, waiting: 2, ageSeconds: 60, dead: 1 },
    { kind: "shop.newer", waiting: 1, ageSeconds: 30, dead: 0 },
  ]);
});

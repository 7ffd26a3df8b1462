import { assertEquals } from "@std/assert";
import { v7 as newId } from "uuid";
import { timestampOf } from "@archway/db/timestamp.ts";
import { enqueue, enqueueMany } from "../enqueue.ts";
import { JobHarness } from "../testing/job_harness.ts";
import { testJob } from "../testing/test_job.ts";
import type { ClaimedKind } from "./claim_jobs.ts";
import { JobQueue } from "./job_queue.ts";

const HOUR_MS = 3_600_000;

function kindOf(kind: string, options: Partial<ClaimedKind> = {}): ClaimedKind {
  return { kind: `test.${kind}`, held: 0, concurrency: undefined, ...options };
}

Deno.test("claim() shares places between kinds, counting the jobs that they hold", async () => {
  await using harness = await JobHarness.open();
  const { pool } = harness;
  for (const kind of ["a", "b", "c"]) {
    const entries = Array.from({ length: 20 }, (_, index) => ({ payload: { name: `${kind}${index}` } }));
    await enqueueMany(pool.writer(), testJob(kind), entries);
  }
  const queue = new JobQueue({ database: pool, nowMs: Date.now, newId, leaseMs: HOUR_MS });
  const kinds = [kindOf("a", { held: 9 }), kindOf("b", { held: 3 }), kindOf("c", { concurrency: 2 })];
  const counts = async (limit: number): Promise<readonly (number | undefined)[]> => {
    const byKind = Map.groupBy((await queue.claim(kinds, limit)).jobs, ({ kind }) => kind);
    return kinds.map(({ kind }) => byKind.get(kind)?.length);
  };
  // 24 places with those held: 8 for each kind.
  assertEquals(await counts(12), [undefined, 5, 2]);
  // The kind with a limit has no room left: 12 places for each of the others.
  assertEquals(await counts(12), [3, 9, undefined]);
  // Shares are rounded up.
  assertEquals(await counts(7), [1, 6, undefined]);
});

Deno.test("claim() takes a job of each kind if there are fewer places than kinds", async () => {
  await using harness = await JobHarness.open();
  const { pool } = harness;
  const kinds = ["a", "b"].map((kind) => kindOf(kind));
  for (const kind of ["a", "b"]) await enqueue(pool.writer(), testJob(kind), { name: kind });
  const queue = new JobQueue({ database: pool, nowMs: Date.now, newId, leaseMs: HOUR_MS });
  const { jobs } = await queue.claim(kinds, 1);
  assertEquals(jobs.map(({ kind }) => kind).toSorted(), ["test.a", "test.b"]);
});

Deno.test("purge() deletes dead letters after their retention", async () => {
  await using harness = await JobHarness.open();
  const { pool } = harness;
  let now = Date.now();
  const queue = new JobQueue({ database: pool, nowMs: () => now, newId, leaseMs: HOUR_MS });
  const job = testJob("a");
  await enqueueMany(pool.writer(), job, [{ payload: { name: "dead" } }, { payload: { name: "waiting" } }]);
  const { jobs: [claimed] } = await queue.claim([kindOf("a")], 1);
  if (claimed === undefined) throw new Error("No job was claimed");
  const settlement = { outcome: "dead", error: "Error: planned" } as const;
  assertEquals(await queue.fail([{ job: claimed, settlement }]), []);
  await queue.purge(HOUR_MS);
  assertEquals((await harness.jobs()).length, 2);
  now += 2 * HOUR_MS;
  await queue.purge(HOUR_MS);
  assertEquals((await harness.jobs()).map(({ is_dead }) => is_dead), [false]);
});

Deno.test("claim() counts an attempt whose lease has expired", async () => {
  await using harness = await JobHarness.open();
  const { pool } = harness;
  let now = Date.now();
  const queue = new JobQueue({ database: pool, nowMs: () => now, newId, leaseMs: 1_000 });
  await enqueue(pool.writer(), testJob("a"), { name: "a" });
  const attempts: (number | undefined)[] = [];
  for (let claim = 0; claim < 3; claim++) {
    attempts.push((await queue.claim([kindOf("a")], 1)).jobs[0]?.attempts);
    now += 1_000;
  }
  assertEquals(attempts, [0, 1, 2]);
});

Deno.test("rescheduleSkewed() makes retries due after the clock was set back, and no job that was delayed", async () => {
  await using harness = await JobHarness.open();
  const { pool } = harness;
  let now = Date.now() + 24 * HOUR_MS;
  const queue = new JobQueue({ database: pool, nowMs: () => now, newId, leaseMs: HOUR_MS });
  const job = testJob("a");
  await enqueue(pool.writer(), job, { name: "retried" });
  const runAt = timestampOf(BigInt(now + 48 * HOUR_MS) * 1_000n);
  const { jobs: [claimed] } = await queue.claim([kindOf("a")], 1);
  if (claimed === undefined) throw new Error("No job was claimed");
  await queue.fail([{ job: claimed, settlement: { outcome: "retried", delayMs: HOUR_MS } }]);
  await enqueue(pool.writer(), job, { name: "delayed" }, { runAt });
  await pool.writer().query("update jobs set scheduled_at = now() + interval '1 day'");
  now -= 24 * HOUR_MS;
  assertEquals((await queue.claim([kindOf("a")], 10)).jobs, []);
  await queue.rescheduleSkewed();
  const { jobs } = await queue.claim([kindOf("a")], 10);
  assertEquals(jobs.map(({ payload }) => payload), [{ name: "retried" }]);
});

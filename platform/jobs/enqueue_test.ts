import { assertEquals, assertRejects } from "@std/assert";
import { timestampOf } from "@archway/db/timestamp.ts";
import { defineJob, handleJob, InvalidPayloadError, payloadOf } from "@archway/service_kit/job.ts";
import { enqueue, enqueueMany } from "./enqueue.ts";
import { DATABASE_NAMES } from "./testing/job_databases.ts";
import { JobHarness } from "./testing/job_harness.ts";
import { testJob } from "./testing/test_job.ts";

const PRINT = testJob("print");

for (const name of DATABASE_NAMES) {
  Deno.test(`enqueue() keeps a waiting job with the same unique key, or replaces it (${name})`, async () => {
    await using harness = await JobHarness.open(name);
    const db = harness.pool.writer();
    const first = await enqueue(db, PRINT, { name: "first" }, { uniqueKey: "a" });
    assertEquals(await enqueue(db, PRINT, { name: "second" }, { uniqueKey: "a" }), undefined);
    const kept = await harness.jobs();
    assertEquals(kept.map(({ id, payload }) => [id, payload.name]), [[first, "first"]]);
    const options = { uniqueKey: "a", onDuplicate: "replace" } as const;
    assertEquals(await enqueue(db, PRINT, { name: "third" }, options), first);
    const replaced = await harness.jobs();
    assertEquals(replaced.map(({ id, payload }) => [id, payload.name]), [[first, "third"]]);
    // Keys are those of a kind.
    await enqueue(db, testJob("other"), { name: "other" }, { uniqueKey: "a" });
    assertEquals((await harness.jobs()).length, 2);
  });

  Deno.test(`enqueue() lets a job that is replaced during its run run once more (${name})`, async () => {
    await using harness = await JobHarness.open(name);
    const db = harness.pool.writer();
    const ran: string[] = [];
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    harness.startWorker([handleJob(PRINT, async ({ name }) => {
      ran.push(name);
      begun.resolve();
      await end.promise;
    })]);
    await enqueue(db, PRINT, { name: "first" }, { uniqueKey: "a" });
    await begun.promise;
    for (const payload of [{ name: "second" }, { name: "third" }]) {
      await enqueue(db, PRINT, payload, { uniqueKey: "a", onDuplicate: "replace" });
    }
    end.resolve();
    assertEquals(await harness.untilSettled(), []);
    assertEquals(ran, ["first", "third"]);
  });
}

Deno.test("enqueueMany() returns the ids in order, and keeps one entry of a unique key", async () => {
  await using harness = await JobHarness.open();
  const db = harness.pool.writer();
  const entries = ["a", "b", "a", undefined].map((uniqueKey, index) => ({
    payload: { name: String(index) },
    ...(uniqueKey && { uniqueKey }),
  }));
  const ids = await enqueueMany(db, PRINT, entries);
  const names = new Map((await harness.jobs()).map(({ id, payload }) => [id, payload.name]));
  assertEquals(ids.map((id) => id && names.get(id)), ["2", "1", "2", "3"]);
  assertEquals(await enqueueMany(db, PRINT, entries.slice(0, 2)), [undefined, undefined]);
  assertEquals(await enqueueMany(db, PRINT, []), []);
});

Deno.test("enqueue() delays a job until the time that it is passed", async () => {
  await using harness = await JobHarness.open();
  const db = harness.pool.writer();
  const ran: string[] = [];
  harness.startWorker([handleJob(PRINT, ({ name }) => Promise.resolve(void ran.push(name)))]);
  await enqueue(db, PRINT, { name: "later" }, {
    runAt: timestampOf(BigInt(Date.now() + 3_600_000) * 1_000n),
  });
  await enqueue(db, PRINT, { name: "now" });
  const [left] = await harness.until(({ length }) => length === 1);
  assertEquals([left?.payload.name, ran], ["later", ["now"]]);
  await harness.makeDue();
  assertEquals(await harness.untilSettled(), []);
  assertEquals(ran, ["now", "later"]);
});

Deno.test("enqueue() rejects a payload that its schema, or JSON, does not allow", async () => {
  await using harness = await JobHarness.open();
  const db = harness.pool.writer();
  const dated = defineJob({
    kind: "test.dated",
    payload: payloadOf((value) => {
      if (value instanceof Date) return value;
      throw new TypeError("must be a date");
    }),
  });
  const errors = [
    // A date is a string once it was stored.
    () => enqueue(db, dated, new Date()),
    () => enqueue(db, defineJob({ kind: "test.big", payload: payloadOf((value) => value) }), 1n),
    () => enqueue(db, defineJob({ kind: "test.void", payload: payloadOf((value) => value) }), undefined),
  ];
  const messages: string[] = [];
  for (const run of errors) messages.push((await assertRejects(run, InvalidPayloadError)).message);
  assertEquals(messages, [
    "Invalid payload of job test.dated: must be a date",
    "Invalid payload of job test.big: it has no JSON",
    "Invalid payload of job test.void: it has no JSON",
  ]);
});

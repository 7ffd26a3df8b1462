import { assert, assertEquals } from "@std/assert";
import { handleJob, type JobContext, PermanentJobError, RetryJobError } from "@archway/service_kit/job.ts";
import { enqueue, enqueueMany } from "../enqueue.ts";
import { DATABASE_NAMES } from "../testing/job_databases.ts";
import { JobHarness } from "../testing/job_harness.ts";
import { testJob } from "../testing/test_job.ts";

const PRINT = testJob("print");

for (const name of DATABASE_NAMES) {
  Deno.test(`JobWorker runs jobs once and deletes them (${name})`, async () => {
    await using harness = await JobHarness.open(name);
    const ran: string[] = [];
    harness.startWorker([handleJob(PRINT, ({ name }) => {
      ran.push(name);
      return Promise.resolve();
    })]);
    const names = Array.from({ length: 300 }, (_, index) => String(index));
    await enqueueMany(harness.pool.writer(), PRINT, names.map((name) => ({ payload: { name } })));
    assertEquals(await harness.untilSettled(), []);
    assertEquals(ran.toSorted(), names.toSorted());
    assertEquals([(await harness.untilReported(300)).length, harness.lines], [300, []]);
  });

  Deno.test(`JobWorker runs nothing of a transaction that is rolled back (${name})`, async () => {
    await using harness = await JobHarness.open(name);
    const ran: string[] = [];
    harness.startWorker([handleJob(PRINT, ({ name }) => {
      ran.push(name);
      return Promise.resolve();
    })]);
    const failure = new Error("rolled back");
    await harness.pool.withTx(async (tx) => {
      await enqueue(tx, PRINT, { name: "first" });
      throw failure;
    }).catch((error) => assertEquals(error, failure));
    await enqueue(harness.pool.writer(), PRINT, { name: "second" });
    await harness.untilSettled();
    assertEquals(ran, ["second"]);
  });

  Deno.test(`JobWorker retries failures with backoff until the last attempt, and keeps the reason (${name})`, async () => {
    await using harness = await JobHarness.open(name);
    const attempts: number[] = [];
    const job = testJob("fail", { retries: 2 });
    harness.startWorker([handleJob(job, (_, { attempt }) => {
      attempts.push(attempt);
      throw new TypeError('Cannot print "secret"');
    })]);
    await enqueue(harness.pool.writer(), job, { name: "a" });
    for (let failed = 1; failed < 3; failed++) {
      const [waiting] = await harness.until(([row]) => row?.attempts === failed && !row.is_leased);
      assertEquals(waiting?.is_dead, false);
      await harness.makeDue();
    }
    const [dead] = await harness.until(([row]) => row?.is_dead === true);
    assertEquals([dead?.attempts, dead?.last_error], [3, 'TypeError: Cannot print "…"']);
    assertEquals(attempts, [1, 2, 3]);
    assertEquals((await harness.untilReported(3)).map(([, outcome]) => outcome), [
      "retried",
      "retried",
      "dead",
    ]);
    assertEquals(harness.lines, ["warn Giving up job {job} of kind {kind}: {error}"]);
  });

  Deno.test(`JobWorker limits the concurrency of a kind over all workers (${name})`, async () => {
    await using harness = await JobHarness.open(name);
    const job = testJob("limited", { concurrency: 2 });
    let running = 0;
    let most = 0;
    const handler = handleJob(job, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    });
    harness.startWorker([handler]);
    harness.startWorker([handler]);
    const entries = Array.from({ length: 40 }, (_, index) => ({ payload: { name: String(index) } }));
    await enqueueMany(harness.pool.writer(), job, entries);
    await harness.untilSettled();
    assertEquals([(await harness.untilReported(40)).length, most], [40, 2]);
  });

  Deno.test(`JobWorker aborts a job that was cancelled, and deletes it (${name})`, async () => {
    await using harness = await JobHarness.open(name);
    const begun = Promise.withResolvers<JobContext>();
    harness.startWorker([handleJob(PRINT, async (_, context) => {
      const aborted = Promise.withResolvers<void>();
      context.signal.addEventListener("abort", () => aborted.reject(context.signal.reason));
      begun.resolve(context);
      await aborted.promise;
    })]);
    await enqueue(harness.pool.writer(), PRINT, { name: "a" });
    const { id } = await begun.promise;
    await harness.pool.writer().query("update jobs set cancel_requested_at = now() where id = $1", [id]);
    assertEquals(await harness.untilSettled(), []);
    assertEquals(await harness.untilReported(1), [["test.print", "cancelled"]]);
  });
}

Deno.test("JobWorker makes a job a dead letter at once after a permanent failure or an invalid payload", async () => {
  await using harness = await JobHarness.open();
  await enqueueMany(harness.pool.writer(), PRINT, [{ payload: { name: "a" } }, { payload: { name: "b" } }]);
  const [, second] = await harness.jobs();
  // As an older program may have stored it.
  await harness.pool.writer().query("update jobs set payload = '{}' where id = $1", [second?.id ?? ""]);
  harness.startWorker([handleJob(PRINT, () => Promise.reject(new PermanentJobError("There is no printer")))]);
  const jobs = await harness.untilSettled();
  assertEquals(jobs.map(({ last_error: error }) => error), [
    "PermanentJobError: There is no printer",
    "InvalidPayloadError: Invalid payload of job test.print: name: must be a string",
  ]);
});

Deno.test("JobWorker records other jobs beside errors that cannot be stored as they are", async () => {
  await using harness = await JobHarness.open("PostgreSQL");
  const errors: Readonly<Record<string, () => Error>> = {
    emoji: () => new Error(`${"x".repeat(499)}\u{1F600} and on`),
    nul: () => new Error("a\u0000b"),
    delay: () => new RetryJobError({ afterMs: NaN }),
    date: () => new RetryJobError({ afterMs: 1e300 }),
    name: () => Object.assign(new Error("b"), { name: "x\u0000y\uD800" }),
    unreadable: () => Object.defineProperty(new Error("a"), "message", { get: () => BigInt("unreadable") }),
  };
  const names = [...Object.keys(errors), "healthy"];
  await enqueueMany(harness.pool.writer(), PRINT, names.map((name) => ({ payload: { name } })));
  harness.startWorker([handleJob(PRINT, ({ name }) => {
    const error = errors[name];
    return error === undefined ? Promise.resolve() : Promise.reject(error());
  })]);
  const jobs = await harness.until((rows) => rows.every(({ attempts }) => attempts > 0));
  assertEquals(jobs.map(({ payload }) => payload.name), Object.keys(errors));
  const stored = Object.fromEntries(jobs.map(({ payload, last_error: error }) => [payload.name, error]));
  assertEquals([stored["nul"], stored["name"], stored["unreadable"]], [
    "Error: a\uFFFDb",
    "x\uFFFDy\uFFFD: b",
    "Error: a value that cannot be described",
  ]);
  assertEquals([(await harness.untilReported(names.length)).length, harness.lines], [names.length, []]);
});

Deno.test("JobWorker records jobs one by one if the database refuses a record", async () => {
  await using harness = await JobHarness.open("PostgreSQL");
  await harness.pool.writer().query(
    "alter table jobs add constraint refused check (last_error not like '%planted%')",
  );
  const job = testJob("fail");
  await enqueueMany(
    harness.pool.writer(),
    job,
    ["a", "planted", "b"].map((name) => ({ payload: { name } })),
  );
  const begun = Promise.withResolvers<void>();
  let count = 0;
  harness.startWorker([handleJob(job, async ({ name }) => {
    if (++count === 3) begun.resolve();
    await begun.promise;
    throw new Error(name);
  })]);
  const jobs = await harness.until((rows) => rows.every(({ attempts }) => attempts > 0));
  assertEquals(jobs.map(({ last_error: error, is_dead: isDead }) => [error, isDead]), [
    ["Error: a", false],
    ["Error: the database refused the record of the failed attempt", true],
    ["Error: b", false],
  ]);
  await harness.untilReported(3);
  assertEquals(harness.lines, ["warn Giving up job {job} of kind {kind}: {error}"]);
});

Deno.test("JobWorker retries a job at the time that its handler says", async () => {
  await using harness = await JobHarness.open();
  let attempts = 0;
  harness.startWorker([handleJob(PRINT, () => {
    if (++attempts < 3) throw new RetryJobError({ afterMs: 10 });
    return Promise.resolve();
  })]);
  await enqueue(harness.pool.writer(), PRINT, { name: "a" });
  assertEquals(await harness.untilSettled(), []);
  assertEquals(attempts, 3);
});

Deno.test("JobWorker aborts a job that exceeds its timeout, and retries it", async () => {
  await using harness = await JobHarness.open();
  const job = testJob("slow", { timeoutMs: 30 });
  harness.startWorker([handleJob(job, async (_, { signal }) => {
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  })]);
  await enqueue(harness.pool.writer(), job, { name: "a" });
  const [row] = await harness.until(([row]) => row?.attempts === 1);
  assertEquals([row?.is_dead, row?.last_error], [
    false,
    "TimeoutError: The job has exceeded its timeout of 30 ms",
  ]);
});

Deno.test("JobWorker leaves jobs of unknown kinds to programs that know them", async () => {
  await using harness = await JobHarness.open();
  const other = testJob("other");
  await enqueue(harness.pool.writer(), other, { name: "unknown" });
  await enqueue(harness.pool.writer(), PRINT, { name: "known" });
  await using _worker = harness.startWorker([handleJob(PRINT, () => Promise.resolve())]);
  const [left] = await harness.until(({ length }) => length === 1);
  assertEquals([left?.kind, left?.attempts, left?.is_leased], ["test.other", 0, false]);
  harness.startWorker([handleJob(other, () => Promise.resolve())]);
  assertEquals(await harness.untilSettled(), []);
});

Deno.test("JobWorker runs other kinds however many jobs of one kind are waiting", async () => {
  await using harness = await JobHarness.open();
  const many = testJob("many");
  await harness.pool.writer().query(
    `insert into jobs (id, kind, priority, payload, created_at, due_at, scheduled_at)
      select gen_random_uuid(), 'test.many', 1, '{"name":"many"}', now(), now() - interval '1 minute', now()
      from generate_series(1, 100000)`,
  );
  let before = 0;
  const seen = Promise.withResolvers<number>();
  const worker = harness.startWorker([
    handleJob(many, async () => {
      before++;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }),
    handleJob(PRINT, () => Promise.resolve(seen.resolve(before))),
  ]);
  await harness.until(() => before > 100);
  const begun = before;
  await enqueue(harness.pool.writer(), PRINT, { name: "a" });
  const between = await seen.promise - begun;
  await worker[Symbol.asyncDispose]();
  assert(between < 20_000, `${between} jobs of the other kind ran before`);
});

Deno.test("JobWorker runs higher priorities first", async () => {
  await using harness = await JobHarness.open();
  const ran: string[] = [];
  for (const priority of ["low", "normal", "high"] as const) {
    await enqueue(harness.pool.writer(), PRINT, { name: priority }, { priority });
  }
  harness.startWorker([handleJob(PRINT, ({ name }) => Promise.resolve(void ran.push(name)))], {
    concurrency: 1,
  });
  await harness.untilSettled();
  assertEquals(ran, ["high", "normal", "low"]);
});

Deno.test("JobWorker records nothing for a job whose lease another worker has taken", async () => {
  await using harness = await JobHarness.open();
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  let runs = 0;
  const handler = handleJob(PRINT, async () => {
    if (++runs > 1) return;
    begun.resolve();
    await end.promise;
    throw new Error("The first worker fails");
  });
  harness.startWorker([handler], { concurrency: 1 });
  await enqueue(harness.pool.writer(), PRINT, { name: "a" });
  await begun.promise;
  // The first worker is believed dead.
  await harness.pool.writer().query("update jobs set due_at = now() - interval '1 second'");
  harness.startWorker([handler], { concurrency: 1 });
  assertEquals(await harness.untilSettled(), []);
  end.resolve();
  assertEquals((await harness.untilReported(2)).map(([, outcome]) => outcome), ["done", "lost"]);
  assertEquals(await harness.jobs(), []);
});

Deno.test("JobWorker does not run jobs that ended their workers too often, or were cancelled with theirs", async () => {
  await using harness = await JobHarness.open();
  const job = testJob("fatal", { retries: 1 });
  const ran: string[] = [];
  const ids = await enqueueMany(harness.pool.writer(), job, [
    { payload: { name: "fatal" } },
    { payload: { name: "cancelled" } },
    { payload: { name: "lost once" } },
  ]);
  // As workers that were killed leave them.
  await harness.pool.writer().query(
    `update jobs set lease = gen_random_uuid(), attempts = case when id = $1 then 1 else 0 end,
      cancel_requested_at = case when id = $2 then now() end`,
    ids.slice(0, 2).map((id) => id ?? ""),
  );
  harness.startWorker([handleJob(job, ({ name }) => Promise.resolve(void ran.push(name)))]);
  const jobs = await harness.untilSettled();
  assertEquals(jobs.map(({ last_error: error }) => error), [
    "LeaseExpiredError: The worker ended during each of the last attempts, 2 in all",
  ]);
  assertEquals(ran, ["lost once"]);
});

Deno.test("JobWorker renews the lease of a job while it runs", async () => {
  await using harness = await JobHarness.open();
  const end = Promise.withResolvers<void>();
  harness.startWorker([handleJob(PRINT, () => end.promise)], { leaseMs: 3_000 });
  await enqueue(harness.pool.writer(), PRINT, { name: "a" });
  const expiry = "select due_at from jobs where lease is not null";
  const expiries = new Set<string>();
  while (expiries.size < 2) {
    const { rows } = await harness.pool.writer().query<{ due_at: string }>(expiry);
    for (const { due_at } of rows) expiries.add(due_at);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  end.resolve();
  assertEquals(await harness.untilSettled(), []);
});

Deno.test("JobWorker ends running jobs when it is disposed of, and releases the others at once", async () => {
  await using harness = await JobHarness.open();
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  // Each kind gets a place of the first claim, so one job is leased and waits.
  const kinds = [PRINT, testJob("other")];
  for (const job of kinds) await enqueue(harness.pool.writer(), job, { name: "a" });
  const handlers = kinds.map((job) =>
    handleJob(job, async () => {
      begun.resolve();
      await end.promise;
    })
  );
  const worker = harness.startWorker(handlers, { concurrency: 1 });
  await begun.promise;
  const leased = async (): Promise<number> =>
    (await harness.jobs()).filter(({ is_leased }) => is_leased).length;
  assertEquals(await leased(), 2);
  const disposed = worker[Symbol.asyncDispose]();
  while (await leased() > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  end.resolve();
  await disposed;
  const jobs = await harness.jobs();
  assertEquals(jobs.map(({ attempts, is_leased }) => [attempts, is_leased]), [[0, false]]);
});

Deno.test("JobWorker aborts jobs that outlast the grace period, and releases them without an attempt", async () => {
  await using harness = await JobHarness.open();
  const begun = Promise.withResolvers<void>();
  const worker = harness.startWorker([handleJob(PRINT, async (_, { signal }) => {
    begun.resolve();
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  })], { graceMs: 50 });
  await enqueue(harness.pool.writer(), PRINT, { name: "a" });
  await begun.promise;
  await worker[Symbol.asyncDispose]();
  const jobs = await harness.jobs();
  assertEquals(jobs.map(({ attempts, is_leased }) => [attempts, is_leased]), [[0, false]]);
  assertEquals(harness.settled, [["test.print", "released"]]);
});

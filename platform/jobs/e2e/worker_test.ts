import { assert, assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { OtlpCollector } from "@archway/tools/support/otlp_collector.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { enqueue, enqueueMany } from "../enqueue.ts";
import { JOB_MIGRATIONS } from "../testing/job_databases.ts";
import { JobHarness } from "../testing/job_harness.ts";
import { CALL } from "../testing/shop_module.ts";
import { SHOP_PROGRAM } from "../testing/shop_program.ts";

/** A program without the example services. */
const SHOP = { main: SHOP_PROGRAM };
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

/** A call of a job. */
interface Call {
  readonly url: string;
  readonly attempt: string | null;
  readonly traceparent: string | null;
}

interface Setting extends AsyncDisposable {
  readonly harness: JobHarness;
  readonly environment: Readonly<Record<string, string>>;
  /** URL that jobs call. */
  readonly url: string;
  /** Calls so far. */
  readonly calls: Call[];
  /** Responds to a call. @default 200 */
  respond: (count: number) => Promise<Response>;
}

async function open(): Promise<Setting> {
  await using stack = new AsyncDisposableStack();
  const { instance } = stack.use(await useTestDatabase({ migrations: JOB_MIGRATIONS }));
  const pool = stack.use(openPool({ primary: instance, replicas: [] }));
  const calls: Call[] = [];
  const receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen(): void {} },
    async ({ url, headers }) => {
      const call = { url, attempt: headers.get("X-Attempt"), traceparent: headers.get("traceparent") };
      return await setting.respond(calls.push(call));
    },
  );
  stack.defer(() => receiver.shutdown());
  const opened = stack.move();
  const setting: Setting = {
    harness: new JobHarness(pool),
    environment: {
      ...postgresEnvironment(instance),
      JOBS_POLL_INTERVAL: "100ms",
      JOBS_LEASE: "3s",
    },
    url: `http://127.0.0.1:${receiver.addr.port}/`,
    calls,
    respond: () => Promise.resolve(new Response()),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
  return setting;
}

async function succeeds(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

Deno.test("archway worker runs the jobs of a worker that was killed after their lease, and records them once", async () => {
  await using setting = await open();
  const { harness, environment, url, calls } = setting;
  await using killed = new Program(environment, ["worker"], SHOP);
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  setting.respond = async (count): Promise<Response> => {
    if (count > 1) return new Response();
    begun.resolve();
    await end.promise;
    return new Response();
  };
  await enqueue(harness.pool.writer(), CALL, { name: url });
  await begun.promise;
  await killed.kill();
  end.resolve();
  await using program = new Program(environment, ["worker"], SHOP);
  assertEquals(await harness.untilSettled(), []);
  const { code, stderr } = await program.stop();
  assertEquals([code, errorLines(stderr)], [0, []]);
  assertEquals(calls.slice(0, 2).map(({ attempt }) => attempt), ["1", "2"]);
});

Deno.test("archway worker shares jobs with others, and runs each of them once", async () => {
  await using setting = await open();
  const { harness, environment, url, calls } = setting;
  const leased = { ...environment, JOBS_LEASE: "60s" };
  await using first = new Program(leased, ["worker"], SHOP);
  await using second = new Program(leased, ["worker"], SHOP);
  await using service = new Program(leased, [], SHOP);
  await untilReady(await service.url);
  const entries = Array.from({ length: 500 }, (_, index) => ({ payload: { name: `${url}${index}` } }));
  await enqueueMany(harness.pool.writer(), CALL, entries);
  assertEquals(await harness.untilSettled(), []);
  for (const program of [first, second, service]) {
    const { code, stderr } = await program.stop();
    assertEquals([code, errorLines(stderr)], [0, []]);
  }
  assertEquals([calls.length, new Set(calls.map(({ url }) => url)).size], [500, 500]);
});

Deno.test("archway with JOBS_WORKER=off leaves jobs to others", async () => {
  await using setting = await open();
  const { harness, environment, url, calls } = setting;
  await using service = new Program({ ...environment, JOBS_WORKER: "off" }, [], SHOP);
  await untilReady(await service.url);
  await enqueue(harness.pool.writer(), CALL, { name: url });
  assertEquals([(await service.stop()).code, calls.length, (await harness.jobs()).length], [0, 0, 1]);
  await using worker = new Program(environment, ["worker"], SHOP);
  assertEquals(await harness.untilSettled(), []);
  assertEquals((await worker.stop()).code, 0);
});

Deno.test("archway worker ends running jobs on SIGTERM, and releases the others", async () => {
  await using setting = await open();
  const { harness, environment, url, calls } = setting;
  const settings = { ...environment, JOBS_CONCURRENCY: "1", JOBS_LEASE: "60s", ADMIN_PORT: "0" };
  await using program = new Program(settings, ["worker"], SHOP);
  const ready = (await program.metricsUrl).replace("/metrics", "/readyz");
  while (!await succeeds(ready)) await pause();
  const begun = Promise.withResolvers<void>();
  setting.respond = async (): Promise<Response> => {
    begun.resolve();
    // The program reports that it stops before it ends what runs.
    while (await succeeds(ready)) await pause();
    return new Response();
  };
  await enqueueMany(harness.pool.writer(), CALL, [{ payload: { name: url } }, { payload: { name: url } }]);
  await begun.promise;
  const { code, stderr } = await program.stop();
  assertEquals([code, errorLines(stderr)], [0, []]);
  const jobs = await harness.jobs();
  assertEquals(jobs.map(({ attempts, is_leased }) => [attempts, is_leased]), [[0, false]]);
  assertEquals(calls.length, 1);
});

Deno.test("archway worker links the span of a job to that of the request that enqueued it", async () => {
  await using setting = await open();
  const { harness, environment, url, calls } = setting;
  const traceparent = `00-${TRACE}-${PARENT}-01`;
  await enqueue(harness.pool.writer(), CALL, { name: url }, { traceparent });
  await using collector = new OtlpCollector();
  await using program = new Program({ ...environment, ...collector.environment }, ["worker"], SHOP);
  assertEquals(await harness.untilSettled(), []);
  const { code, stderr } = await program.stop();
  assertEquals([code, errorLines(stderr)], [0, []]);
  const [span] = collector.spans.filter(({ name }) => name === "run test.call");
  assertEquals(span?.links.map(({ traceId, spanId }) => [traceId, spanId]), [[TRACE, PARENT]]);
  assertEquals(calls[0]?.traceparent?.split("-")[1], span?.traceId);
  assert(span !== undefined && span.traceId !== TRACE);
});

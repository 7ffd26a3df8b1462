import { assert, assertEquals, assertThrows } from "@std/assert";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { ConfigError, parseConfig } from "@archway/config/config.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { PrometheusMetrics } from "@archway/observability/telemetry/prometheus_metrics.ts";
import { mountServices } from "@archway/program/mount_services.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { handleJob } from "@archway/service_kit/job.ts";
import { UNTRACED } from "@archway/service_kit/observed_work.ts";
import {
  defineService,
  type MountedService,
  type ServiceModule,
} from "@archway/service_kit/service_module.ts";
import { enqueue } from "./enqueue.ts";
import { readJobsConfig } from "./jobs_config.ts";
import { jobsModule } from "./module.ts";
import { openJobDatabase } from "./testing/job_databases.ts";
import { JobHarness } from "./testing/job_harness.ts";
import { testJob } from "./testing/test_job.ts";

const PRINT = testJob("print");

interface ShopOptions {
  readonly mount: () => MountedService;
  readonly cron?: string;
  /** Variable that the expression comes from. */
  readonly setting?: string;
}

function shop({ mount, cron, setting }: ShopOptions): ServiceModule {
  const schedules = cron === undefined ? [] : [{
    ...{ name: "test.nightly", cron, job: PRINT, payload: { name: "nightly" } },
    ...(setting !== undefined && { setting }),
  }];
  return defineService({ name: "shop", requires: ["jobs"], jobs: [PRINT], schedules, mount });
}

interface Mounted {
  readonly jobs: MountedService;
  readonly metrics: PrometheusMetrics;
}

/** Mounts the jobs module with other services, as a program does. */
function mount(pool: ConnectionPool, services: readonly ServiceModule[]): Mounted {
  const metrics = new PrometheusMetrics();
  const config = parseConfig(() => undefined, { services });
  const { services: [jobs = {}] } = mountServices(config, {
    services,
    database: { pool, hmacSecrets: ["a secret of more than 32 bytes for a test"] },
    logger: SILENT_LOGGER,
    telemetry: { metrics: metrics.sink, tracer: UNTRACED },
  });
  return { jobs, metrics };
}

Deno.test("jobsModule runs the jobs of services that are listed before or after it, and measures them", async () => {
  await using database = await openJobDatabase();
  await using harness = new JobHarness(database.pool);
  const ran: string[] = [];
  const handler = handleJob(PRINT, ({ name }) => Promise.resolve(void ran.push(name)));
  const module = shop({ mount: () => ({ jobs: [handler] }), cron: "@daily" });
  const { jobs: { background }, metrics } = mount(database.pool, [jobsModule, module]);
  assert(background?.inline);
  await using work = await background.open();
  work.start();
  await enqueue(database.pool.writer(), PRINT, { name: "a" });
  await harness.untilSettled();
  assertEquals(ran, ["a"]);
  // Counted after it was recorded.
  const series = 'archway_job_runs_total{kind="test.print",outcome="done"} 1';
  while (!(await metrics.text()).includes(series)) await new Promise((resolve) => setTimeout(resolve, 10));
});

Deno.test("jobsModule needs no connection in a program without jobs", async () => {
  await using database = await openJobDatabase();
  const { jobs: { background } } = mount(database.pool, [jobsModule]);
  assert(background !== undefined);
  await using work = await background.open();
  work.start();
  assertEquals(database.pool.load().map(({ pool: { open } }) => open), [0]);
});

Deno.test("mountServices() rejects a kind of job without exactly one handler, and an invalid schedule", async () => {
  await using database = await openJobDatabase();
  const handler = handleJob(PRINT, () => Promise.resolve());
  const other = handleJob(testJob("other"), () => Promise.resolve());
  const cases: readonly (readonly [ShopOptions, string])[] = [
    [
      { mount: () => ({}) },
      "Job test.print has no handler; return one as `jobs` from the mount of its service",
    ],
    [
      { mount: () => ({ jobs: [handler, handler] }) },
      "Job test.print has more handlers than the `jobs` in the module.ts of its service",
    ],
    [
      { mount: () => ({ jobs: [handler, other] }) },
      "Job test.other has more handlers than the `jobs` in the module.ts of its service",
    ],
  ];
  for (const [options, message] of cases) {
    const { message: actual } = assertThrows(() => mount(database.pool, [jobsModule, shop(options)]), Error);
    assertEquals(actual, message);
  }
  const invalid = { mount: (): MountedService => ({ jobs: [handler] }), cron: "99 * * * *" };
  assertThrows(() => mount(database.pool, [jobsModule, shop(invalid)]), RangeError, "Schedule test.nightly");
  const set = shop({ ...invalid, setting: "NIGHTLY_AT" });
  const { errors } = assertThrows(() => mount(database.pool, [jobsModule, set]), ConfigError);
  const reason = 'is invalid: "99 * * * *" is no cron expression: Invalid value for minute: 99';
  assertEquals(errors, [{ variable: "NIGHTLY_AT", reason }]);
});

Deno.test("readJobsConfig() reads every variable and rejects invalid values", () => {
  assertEquals(readJobsConfig(new EnvironmentReader(() => undefined)), {
    ...{ inline: true, concurrency: 16, pollMs: 1_000, leaseMs: 30_000, retentionMs: 2_592_000_000 },
  });
  const good: Readonly<Record<string, string>> = {
    ...{ JOBS_WORKER: "off", JOBS_CONCURRENCY: "3", JOBS_POLL_INTERVAL: "100ms", JOBS_LEASE: "5s" },
    JOBS_RETENTION: "24h",
  };
  assertEquals(readJobsConfig(new EnvironmentReader((name) => good[name])), {
    ...{ inline: false, concurrency: 3, pollMs: 100, leaseMs: 5_000, retentionMs: 86_400_000 },
  });
  const bad: Readonly<Record<string, string>> = {
    ...{ JOBS_WORKER: "on", JOBS_CONCURRENCY: "0", JOBS_POLL_INTERVAL: "0s", JOBS_LEASE: "10ms" },
    JOBS_RETENTION: "a month",
  };
  const settings = new EnvironmentReader((name) => bad[name]);
  readJobsConfig(settings);
  assertEquals(settings.errors.length, 5);
});

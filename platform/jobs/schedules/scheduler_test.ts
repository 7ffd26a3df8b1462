import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { migrationSources } from "@archway/program/project.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { jobsModule } from "../module.ts";
import { reportSchedule, ScheduleHarness } from "./testing/schedule_harness.ts";

const MIGRATIONS = migrationSources([jobsModule]);
const DATABASES = databasesWith(MIGRATIONS);

/** Runs a test on a new PostgreSQL database. */
function testSchedules(name: string, run: (harness: ScheduleHarness) => Promise<void>, start: string): void {
  Deno.test(name, async () => {
    await using database = await useTestDatabase({ migrations: MIGRATIONS });
    await using pool = openPool({ primary: database.instance, replicas: [] });
    await run(new ScheduleHarness(pool, start));
  });
}

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`Scheduler enqueues the job of a schedule once per time over all processes (${name})`, async () => {
    await using database = await open();
    const harness = new ScheduleHarness(database.pool, "2027-03-01T00:00:00Z");
    const processes = [harness.process([reportSchedule()]), harness.process([reportSchedule()])];
    await harness.settle(...processes);
    assertEquals(await harness.enqueued(), []);
    await harness.until("2027-03-01T03:00:00Z", processes, { stepMs: 600_000 });
    assertEquals(await harness.enqueued(), ["2027-03-01T01:00Z", "2027-03-01T02:00Z", "2027-03-01T03:00Z"]);
    assertEquals(harness.seen, []);
    const { rows } = await database.pool.writer().query("select kind, payload from jobs limit 1");
    assertEquals(rows, [{ kind: "shop.send_report", payload: { to: "ada" } }]);
  });
}

Deno.test("Scheduler enqueues once per time while processes race for it", async () => {
  await using database = await useTestDatabase({ migrations: MIGRATIONS });
  await using first = openPool({ primary: database.instance, replicas: [] });
  await using second = openPool({ primary: database.instance, replicas: [] });
  const harness = new ScheduleHarness(first, "2027-03-01T00:00:00Z");
  const schedules = ["a", "b", "c"].map((name) => reportSchedule({ name, cron: "* * * * *" }));
  const racing = [first, second, first, second].map((pool) => harness.process(schedules, pool));
  await Promise.all(racing.map((each) => each.step()));
  for (let minute = 1; minute <= 40; minute++) {
    harness.now += 60_000;
    await Promise.all(racing.map((each) => harness.settle(each)));
  }
  assertEquals((await harness.enqueued()).length, 3 * 40);
  assertEquals(harness.seen, []);
});

const UNREACHABLE = {
  ...{ host: "127.0.0.1", port: 1, user: "unused", password: "", database: "none" },
  maxConnections: 1,
};

const OF_A_DAY = "2027-03-01T00:30:00Z";

testSchedules(
  "Scheduler runs once for all times that were missed while no process ran, and reports them",
  async (harness) => {
    await harness.settle(harness.process([reportSchedule()]));
    const restarted = harness.process([reportSchedule()]);
    await harness.at("2027-03-02T00:30:00Z", restarted);
    assertEquals(await harness.enqueued(), ["2027-03-02T00:00Z"]);
    assertEquals(harness.seen, ["shop.report missed 24"]);
    assertEquals(harness.logged, [
      "Schedule shop.report missed 24 runs since 2027-03-01T01:00:00.000Z; one job runs for all of them",
    ]);
    await harness.at("2027-03-02T01:00:20Z", restarted);
    assertEquals(await harness.enqueued(), ["2027-03-02T00:00Z", "2027-03-02T01:00Z"]);
  },
  OF_A_DAY,
);

testSchedules(
  "Scheduler skips missed times by the policy of the schedule, but not one that has just come",
  async (harness) => {
    const schedules = [reportSchedule({ misfire: "skip" })];
    await harness.settle(harness.process(schedules));
    const restarted = harness.process(schedules);
    await harness.at("2027-03-02T00:30:00Z", restarted);
    assertEquals([await harness.enqueued(), harness.seen], [[], [
      "shop.report skipped",
      "shop.report missed 24",
    ]]);
    await harness.at("2027-03-02T03:00:30Z", restarted);
    assertEquals(await harness.enqueued(), ["2027-03-02T03:00Z"]);
    assertEquals(harness.seen.slice(2), ["shop.report missed 2"]);
  },
  OF_A_DAY,
);

testSchedules(
  "Scheduler skips times while the job of an earlier one is left, if the schedule says so",
  async (harness) => {
    const process = harness.process([reportSchedule({ overlap: "skip" })]);
    await harness.settle(process);
    await harness.until("2027-03-01T03:30:00Z", [process], { stepMs: 600_000 });
    assertEquals(await harness.enqueued(), ["schedule shop.report"]);
    assertEquals(harness.seen, ["shop.report skipped", "shop.report skipped"]);
    await harness.statement("delete from jobs");
    await harness.until("2027-03-01T04:30:00Z", [process], { stepMs: 600_000 });
    assertEquals(await harness.enqueued(), ["schedule shop.report"]);
    assertEquals(harness.seen.length, 2);
  },
  OF_A_DAY,
);

testSchedules(
  "Scheduler plans a changed schedule again, and leaves it to the program that was started last",
  async (harness) => {
    const old = harness.process([reportSchedule()]);
    await harness.settle(old);
    const changed = harness.process([reportSchedule({ cron: "30 * * * *" })]);
    await harness.at("2027-03-01T00:45:00Z", changed, old);
    assertEquals(harness.logged, [
      "Schedule shop.report has replaced 0 * * * * (UTC); next run: 2027-03-01T01:30:00.000Z",
    ]);
    await harness.until("2027-03-01T02:10:00Z", [old, changed], { stepMs: 20_000 });
    assertEquals(await harness.enqueued(), ["2027-03-01T01:30Z"]);
    // Only the old program is left, as after a rollback.
    await harness.until("2027-03-01T04:10:00Z", [old], { stepMs: 20_000 });
    assertEquals(await harness.enqueued(), ["2027-03-01T01:30Z", "2027-03-01T03:00Z", "2027-03-01T04:00Z"]);
    assertEquals(harness.seen, []);
  },
  OF_A_DAY,
);

testSchedules(
  "Scheduler does not lose a time that has come when a new version changes the schedule",
  async (harness) => {
    await harness.settle(harness.process([reportSchedule()]));
    await harness.at("2027-03-01T01:00:10Z", harness.process([reportSchedule({ cron: "30 * * * *" })]));
    assertEquals(await harness.enqueued(), ["2027-03-01T01:00Z"]);
  },
  OF_A_DAY,
);

testSchedules("Scheduler stops a removed schedule, and forgets it after a week", async (harness) => {
  await harness.settle(harness.process([reportSchedule(), reportSchedule({ name: "shop.other" })]));
  const next = harness.process([reportSchedule({ name: "shop.other" })]);
  await harness.until("2027-03-01T05:00:00Z", [next], { stepMs: 600_000 });
  assertEquals((await harness.enqueued()).map((key) => key.split(" ")[1]), Array(5).fill("shop.other"));
  assertEquals((await harness.stored()).length, 2);
  await harness.at("2027-03-08T05:00:00Z", next);
  assertEquals(await harness.stored(), ["shop.other"]);
}, OF_A_DAY);

testSchedules(
  "Scheduler repeats no time after the clock was set back, and does not wait for a wrong one",
  async (harness) => {
    const process = harness.process([reportSchedule()]);
    await harness.settle(process);
    await harness.until("2027-03-01T03:10:00Z", [process], { stepMs: 600_000 });
    const times = ["2027-03-01T01:00Z", "2027-03-01T02:00Z", "2027-03-01T03:00Z"];
    // By two hours: those two have been run.
    await harness.at("2027-03-01T01:10:00Z", process);
    await harness.until("2027-03-01T03:10:00Z", [process], { stepMs: 600_000 });
    assertEquals(await harness.enqueued(), times);
    await harness.until("2027-03-01T04:00:00Z", [process], { stepMs: 600_000 });
    assertEquals(await harness.enqueued(), [...times, "2027-03-01T04:00Z"]);
    // The clock was a year ahead for a moment.
    await harness.at("2028-03-01T04:10:00Z", process);
    await harness.at("2027-03-01T04:10:00Z", process);
    await harness.until("2027-03-01T05:00:00Z", [process], { stepMs: 600_000 });
    assertEquals((await harness.enqueued()).slice(3), [
      "2027-03-01T04:00Z",
      "2027-03-01T05:00Z",
      "2028-03-01T04:00Z",
    ]);
  },
  OF_A_DAY,
);

const BERLIN = [reportSchedule({ cron: "30 2 * * *", timeZone: "Europe/Berlin" })];

testSchedules("Scheduler runs a daily job once a day when clocks go forward", async (harness) => {
  const process = harness.process(BERLIN);
  await harness.settle(process);
  await harness.until("2027-03-29T06:00:00Z", [process], { stepMs: 1_800_000 });
  assertEquals(await harness.enqueued(), ["2027-03-27T01:30Z", "2027-03-28T01:00Z", "2027-03-29T00:30Z"]);
}, "2027-03-26T12:00:00Z");

testSchedules("Scheduler runs a daily job once a day when clocks go back", async (harness) => {
  const process = harness.process(BERLIN);
  await harness.settle(process);
  await harness.until("2027-11-01T06:00:00Z", [process], { stepMs: 1_800_000 });
  assertEquals(await harness.enqueued(), ["2027-10-30T00:30Z", "2027-10-31T00:30Z", "2027-11-01T01:30Z"]);
}, "2027-10-29T12:00:00Z");

testSchedules(
  "Scheduler runs a time whose job could not be enqueued as soon as that is possible",
  async (harness) => {
    const process = harness.process([reportSchedule()]);
    await harness.settle(process);
    await harness.statement("alter table jobs rename to absent");
    await assertRejects(() => harness.at("2027-03-01T01:00:05Z", process));
    await harness.statement("alter table absent rename to jobs");
    await harness.at("2027-03-01T01:00:09Z", process);
    assertEquals([await harness.enqueued(), harness.seen], [["2027-03-01T01:00Z"], []]);
  },
  OF_A_DAY,
);

testSchedules(
  "Scheduler reports a schedule with an invalid payload, and runs the others",
  async (harness) => {
    const invalid = { ...reportSchedule({ name: "shop.broken" }), payload: {} };
    const process = harness.process([invalid, reportSchedule()]);
    await harness.settle(process);
    await harness.at("2027-03-01T01:00:00Z", process);
    assertEquals(await harness.enqueued(), ["2027-03-01T01:00Z"]);
    assertEquals(harness.logged, ["Schedule shop.broken does not run: its payload is invalid"]);
  },
  OF_A_DAY,
);

Deno.test("Scheduler rejects an invalid expression with the name of the schedule", async () => {
  await using pool = openPool({ primary: UNREACHABLE, replicas: [] });
  const harness = new ScheduleHarness(pool, OF_A_DAY);
  assertThrows(
    () => harness.process([reportSchedule({ cron: "0 25 * * *" })]),
    RangeError,
    'Schedule shop.report: "0 25 * * *" is no cron expression: Invalid value for hour: 25',
  );
});

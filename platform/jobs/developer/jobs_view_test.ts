import { assertEquals, assertRejects } from "@std/assert";
import type { DeveloperView, ViewButton, ViewTable } from "@archway/service_kit/developer_view.ts";
import { cellsOf, tablesOf } from "@archway/tools/support/view_tables.ts";
import { enqueue } from "../enqueue.ts";
import { insertSchedule } from "../schedules/schedule_table.ts";
import { JobHarness } from "../testing/job_harness.ts";
import { testJob } from "../testing/test_job.ts";
import { handleJob } from "@archway/service_kit/job.ts";
import { defineSchedule } from "@archway/service_kit/schedule.ts";
import { jobsView } from "./jobs_view.ts";

const JOB = testJob("view", { retries: 0 });

async function shownTables(
  view: DeveloperView,
  query: Readonly<Record<string, string>> = {},
): Promise<readonly ViewTable[]> {
  return tablesOf(await view.show({ path: [], query }));
}

function buttonOf(table: ViewTable | undefined, label: string): ViewButton {
  const found = table?.rows.flatMap(({ buttons = [] }) => buttons).find((button) => button.label === label);
  if (found === undefined) throw new Error(`There is no button ${label}`);
  return found;
}

Deno.test("jobsView() shows jobs and schedules, runs jobs now, and cancels them", async () => {
  await using harness = await JobHarness.open();
  const { pool } = harness;
  const view = jobsView(pool);
  await pool.withTx((tx) => enqueue(tx, JOB, { name: "a" }, { runAt: "2999-01-01T00:00:00Z" }));
  const schedule = defineSchedule({ name: "test.view", cron: "0 0 1 1 *", job: JOB, payload: { name: "s" } });
  await insertSchedule(pool.writer(), schedule, { nextAt: Date.now() + 1000, now: Date.now() });
  const [waiting, schedules] = await shownTables(view);
  assertEquals(cellsOf(waiting), [["test.view", "waiting", "normal", 0, ""]]);
  assertEquals(cellsOf(schedules), [["test.view", "0 0 1 1 *", "UTC", "test.view", "never"]]);
  let isFailing = true;
  harness.startWorker([
    handleJob(JOB, () => isFailing ? Promise.reject(new Error("No")) : Promise.resolve()),
  ]);
  assertEquals(await view.act?.(buttonOf(waiting, "Run now")), "The job is due.");
  await harness.untilSettled();
  const [dead] = await shownTables(view, { state: "dead" });
  assertEquals(cellsOf(dead), [["test.view", "dead", "normal", 1, "", "Error: No"]]);
  assertEquals(cellsOf((await shownTables(view, { state: "waiting" }))[0]), []);
  isFailing = false;
  await view.act?.(buttonOf(dead, "Run again"));
  await harness.until((jobs) => jobs.length === 0);
  const again = async (): Promise<string | undefined> => await view.act?.(buttonOf(dead, "Run again"));
  await assertRejects(again, Error, "The job has ended");
  await pool.withTx((tx) => enqueue(tx, JOB, { name: "b" }, { runAt: "2999-01-01T00:00:00Z" }));
  const [other] = await shownTables(view);
  assertEquals(await view.act?.(buttonOf(other, "Cancel")), "The job is deleted.");
  assertEquals(await harness.jobs(), []);
});

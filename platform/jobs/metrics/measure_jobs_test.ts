import { assertEquals, assertStringIncludes } from "@std/assert";
import { PrometheusMetrics } from "@archway/observability/telemetry/prometheus_metrics.ts";
import {
  type ObservedWork,
  UNTRACED,
  type WorkObservation,
  type WorkTracer,
} from "@archway/service_kit/observed_work.ts";
import { defineSchedule } from "@archway/service_kit/schedule.ts";
import { sendReceipt } from "../testing/shop/send_receipt.ts";
import { measureIntervals, measureJobLoads } from "./measure_jobs.ts";
import { observeJobs } from "./observe_jobs.ts";

const SERIES = { kinds: ["shop.send_report"], schedules: ["shop.report"] };
const WORK = { kind: "shop.send_report", causes: [], attributes: { "archway.job.attempt": 1 } };

function includes(text: string, series: readonly string[]): void {
  for (const line of series) assertStringIncludes(text, `archway_${line}\n`);
}

Deno.test("measureJobs() counts runs and schedules, and starts every series at 0", async () => {
  const metrics = new PrometheusMetrics();
  const observer = observeJobs({ metrics: metrics.sink, tracer: UNTRACED }, SERIES);
  includes(await metrics.text(), [
    'job_runs_total{kind="shop.send_report",outcome="dead"} 0',
    'job_worker_failures_total{task="schedules"} 0',
    'schedule_runs_total{schedule="shop.report",outcome="skipped"} 0',
    'schedule_misfires_total{schedule="shop.report"} 0',
  ]);
  await observer.work(WORK, (observation) => {
    observation.ended({ outcome: "done", failed: false });
    return Promise.resolve();
  });
  observer.settled("shop.send_report", "done");
  observer.taskFailed("schedules");
  observer.scheduled("shop.report", "skipped");
  observer.misfired("shop.report", 24);
  includes(await metrics.text(), [
    'job_runs_total{kind="shop.send_report",outcome="done"} 1',
    'job_duration_seconds_count{kind="shop.send_report"} 1',
    'job_worker_failures_total{task="schedules"} 1',
    'schedule_runs_total{schedule="shop.report",outcome="skipped"} 1',
    'schedule_misfires_total{schedule="shop.report"} 24',
  ]);
});

Deno.test("measureJobLoads() exports the numbers that were counted last", async () => {
  const metrics = new PrometheusMetrics();
  measureJobLoads(metrics.sink, () => [{ kind: "shop.send_report", waiting: 3, ageSeconds: 1.5, dead: 2 }]);
  includes(await metrics.text(), [
    'job_waiting{kind="shop.send_report"} 3',
    'job_age_seconds{kind="shop.send_report"} 1.5',
    'job_dead{kind="shop.send_report"} 2',
  ]);
});

Deno.test("measureIntervals() exports the longest interval of each schedule", async () => {
  const metrics = new PrometheusMetrics();
  const crons = {
    hour: "@hourly",
    day: "30 2 * * *",
    weekday: "0 2 * * 1-5",
    month: "@monthly",
    leap: "0 0 29 2 *",
  };
  measureIntervals(metrics.sink, {
    schedules: Object.entries(crons).map(([name, cron]) =>
      defineSchedule({
        name: `shop.${name}`,
        cron,
        job: sendReceipt,
        payload: { orderId: "1", url: "http://127.0.0.1:9/" },
      })
    ),
    nowMs: () => Date.parse("2026-11-30T12:00:00Z"),
  });
  const [day, text] = [86_400, await metrics.text()];
  includes(text, [
    'schedule_interval_seconds{schedule="shop.hour"} 3600',
    `schedule_interval_seconds{schedule="shop.day"} ${day}`,
    `schedule_interval_seconds{schedule="shop.weekday"} ${3 * day}`,
    `schedule_interval_seconds{schedule="shop.month"} ${31 * day}`,
    `schedule_interval_seconds{schedule="shop.leap"} ${1461 * day}`,
  ]);
});

Deno.test("observeJobs() traces runs by their kind, also without metrics", async () => {
  const spans: ObservedWork[] = [];
  const outcomes: string[] = [];
  const tracer: WorkTracer = {
    work<T>(work: ObservedWork, run: (observation: WorkObservation) => Promise<T>): Promise<T> {
      spans.push(work);
      return run({ traceparent: "00-1", ended: ({ outcome }) => outcomes.push(outcome) });
    },
  };
  const observer = observeJobs({ metrics: undefined, tracer }, SERIES);
  const traceparent = await observer.work(WORK, (observation) => {
    observation.ended({ outcome: "retried", failed: true });
    return Promise.resolve(observation.traceparent);
  });
  assertEquals([traceparent, outcomes], ["00-1", ["retried"]]);
  assertEquals(spans.map(({ name, kind, attributes }) => [name, kind, attributes]), [
    ["run shop.send_report", "internal", { "archway.job.attempt": 1 }],
  ]);
});

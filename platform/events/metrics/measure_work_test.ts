import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { PrometheusMetrics } from "@archway/observability/telemetry/prometheus_metrics.ts";
import type { EventWork } from "../worker/work_observer.ts";
import { measureQueues } from "./measure_work.ts";
import { observeWork } from "./observe_work.ts";
import { UNTRACED } from "@archway/service_kit/observed_work.ts";

function work(kind: EventWork["kind"], attributes: EventWork["attributes"] = {}): EventWork {
  return { kind, causes: [], attributes };
}

Deno.test("measureWork() counts outcomes, and starts every series at 0", async () => {
  const metrics = new PrometheusMetrics();
  const observer = observeWork(metrics.sink, UNTRACED);
  const before = await metrics.text();
  for (
    const series of [
      'archway_webhook_attempts_total{outcome="delivered"} 0',
      'archway_webhook_attempts_total{outcome="forbidden-address"} 0',
      'archway_webhook_deliveries_total{state="dead"} 0',
      'archway_broker_messages_total{outcome="published"} 0',
      'archway_worker_failures_total{job="relay"} 0',
      "archway_outbox_relayed_total 0",
    ]
  ) assertStringIncludes(before, `${series}\n`);
  const end =
    (outcome: string, failed: boolean) => (observation: { ended(o: unknown): void }): Promise<void> => {
      observation.ended({ outcome, failed });
      return Promise.resolve();
    };
  await observer.work(work("webhook"), end("timeout", true));
  await observer.work(work("webhook"), end("delivered", false));
  await observer.work(work("broker"), end("duplicate", false));
  await observer.work(work("relay", { "archway.events": 7 }), end("done", false));
  await assertRejects(
    () => observer.work(work("relay"), () => Promise.reject(new Error("planned"))),
    Error,
    "planned",
  );
  observer.settled("delivered");
  observer.jobFailed("relay");
  const after = await metrics.text();
  for (
    const series of [
      'archway_webhook_attempts_total{outcome="timeout"} 1',
      'archway_webhook_attempts_total{outcome="delivered"} 1',
      "archway_webhook_duration_seconds_count 2",
      'archway_webhook_deliveries_total{state="delivered"} 1',
      'archway_broker_messages_total{outcome="duplicate"} 1',
      'archway_worker_failures_total{job="relay"} 1',
      "archway_outbox_relayed_total 7",
    ]
  ) assertStringIncludes(after, `${series}\n`);
  const seriesOf = (text: string): number =>
    text.split("\n").filter((line) => /^archway_\w+_total/.test(line)).length;
  assertEquals(seriesOf(after), seriesOf(before));
});

Deno.test("measureQueues() exports the loads that were read last", async () => {
  const metrics = new PrometheusMetrics();
  let readings = [{ queue: "outbox", waiting: 3, ageSeconds: 1.5 }];
  measureQueues(metrics.sink, () => readings);
  const text = await metrics.text();
  assertStringIncludes(text, 'archway_outbox_depth{queue="outbox"} 3\n');
  assertStringIncludes(text, 'archway_outbox_age_seconds{queue="outbox"} 1.5\n');
  readings = [];
  assert(!(await metrics.text()).includes("outbox_depth{"));
});

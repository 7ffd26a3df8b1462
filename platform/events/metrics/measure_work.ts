import type { Measure, MetricSink } from "@archway/service_kit/metric_sink.ts";
import type { WorkObservation } from "@archway/service_kit/observed_work.ts";
import type { QueueReading } from "@archway/queue/queue_loads.ts";
import type { EventWork, WorkObserver } from "../worker/work_observer.ts";

/** Bounds from 5 ms to 60 s. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Outcomes of an attempt, all of which are exported from the start, so that rates include their first occurrence. */
const WEBHOOK_OUTCOMES = [
  ...["delivered", "status", "redirect", "timeout", "unreachable", "broken-answer", "tls", "unknown-host"],
  ...["forbidden-address", "unusable-url", "unreadable-secret", "given-up"],
];
const BROKER_OUTCOMES = ["published", "duplicate", "unavailable", "timeout", "refused", "failed"];
const JOBS = ["relay", "webhooks", "delivery", "broker", "sweeper", "gauge"];

/** Returns an observer that measures deliveries, published messages and failed jobs. */
export function measureWork(sink: MetricSink): WorkObserver {
  const attempts = counterOf(sink, "archway.webhook.attempts", {
    description: "Attempts to deliver an event to a webhook, by outcome",
    label: "outcome",
    values: WEBHOOK_OUTCOMES,
  });
  const duration = sink.histogram({
    name: "archway.webhook.duration",
    description: "Duration of attempts to deliver an event to a webhook",
    unit: "s",
    labels: [],
    buckets: BUCKETS,
  });
  const deliveries = counterOf(sink, "archway.webhook.deliveries", {
    description: "Settled deliveries: delivered, or dead after the last attempt failed",
    label: "state",
    values: ["delivered", "dead"],
  });
  const messages = counterOf(sink, "archway.broker.messages", {
    description: "Attempts to publish a message to the broker, by outcome",
    label: "outcome",
    values: BROKER_OUTCOMES,
  });
  const relayed = sink.counter({
    name: "archway.outbox.relayed",
    description: "Events relayed from the outbox to their destinations",
    unit: "",
    labels: [],
  });
  relayed(0, {});
  const failures = counterOf(sink, "archway.worker.failures", {
    description: "Failed steps of the worker, which are retried",
    label: "job",
    values: JOBS,
  });
  return {
    work<T>(
      { kind, attributes }: EventWork,
      run: (observation: WorkObservation) => Promise<T>,
    ): Promise<T> {
      const begun = performance.now();
      return run({
        traceparent: undefined,
        ended({ outcome }): void {
          if (kind === "broker") messages(1, { outcome });
          if (kind === "relay") relayed(Number(attributes["archway.events"] ?? 0), {});
          if (kind !== "webhook") return;
          attempts(1, { outcome });
          duration((performance.now() - begun) / 1000, {});
        },
      });
    },
    settled: (state) => deliveries(1, { state }),
    jobFailed: (job) => failures(1, { job }),
  };
}

interface CounterOptions {
  readonly description: string;
  readonly label: string;
  /** All values of the label. */
  readonly values: readonly string[];
}

/** Creates a counter whose series all start at 0. */
function counterOf(sink: MetricSink, name: string, { description, label, values }: CounterOptions): Measure {
  const measure = sink.counter({ name, description, unit: "", labels: [label] });
  for (const value of values) measure(0, { [label]: value });
  return measure;
}

/** Exports the depth and age of the queues whenever metrics are collected. */
export function measureQueues(sink: MetricSink, read: () => readonly QueueReading[]): void {
  const labels = ["queue"];
  sink.gauge(
    {
      name: "archway.outbox.depth",
      description: "Queued events, messages and deliveries, as counted last",
      unit: "",
      labels,
    },
    () => read().map(({ queue, waiting }) => ({ value: waiting, labels: { queue } })),
  );
  sink.gauge(
    { name: "archway.outbox.age", description: "Age of the oldest entry of the queue", unit: "s", labels },
    () => read().map(({ queue, ageSeconds }) => ({ value: ageSeconds, labels: { queue } })),
  );
}

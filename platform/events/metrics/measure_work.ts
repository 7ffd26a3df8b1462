import type { Measure, MetricSink } from "@archway/service_kit/metric_sink.ts";
import type { WorkObservation } from "@archway/service_kit/observed_work.ts";
import type { QueueReading } from "../outbox/queue_loads.ts";
import type { EventWork, WorkObserver } from "../worker/work_observer.ts";

/** From five milliseconds to a minute. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How an attempt at a delivery may end: every one is there from the beginning, so that a rate can be told of the first. */
const WEBHOOK_OUTCOMES = [
  ...["delivered", "status", "redirect", "timeout", "unreachable", "broken-answer", "tls", "unknown-host"],
  ...["forbidden-address", "unusable-url", "unreadable-secret", "given-up"],
];
const BROKER_OUTCOMES = ["published", "duplicate", "unavailable", "timeout", "refused", "failed"];
const JOBS = ["relay", "webhooks", "delivery", "broker", "sweeper", "gauge"];

/** Measures what is done outside of requests: how attempts at deliveries end, what the broker takes, and which jobs fail. */
export function measureWork(sink: MetricSink): WorkObserver {
  const attempts = counterOf(sink, "archway.webhook.attempts", {
    description: "Attempts to tell a webhook of an event, by how they ended",
    label: "outcome",
    values: WEBHOOK_OUTCOMES,
  });
  const duration = sink.histogram({
    name: "archway.webhook.duration",
    description: "How long attempts to tell a webhook of an event took",
    unit: "s",
    labels: [],
    buckets: BUCKETS,
  });
  const deliveries = counterOf(sink, "archway.webhook.deliveries", {
    description: "Deliveries that came to their end: the receiver has them, or nobody tries any more",
    label: "state",
    values: ["delivered", "dead"],
  });
  const messages = counterOf(sink, "archway.broker.messages", {
    description: "Messages for the broker, by what became of publishing them",
    label: "outcome",
    values: BROKER_OUTCOMES,
  });
  const relayed = sink.counter({
    name: "archway.outbox.relayed",
    description: "Events that have left the outbox for their destinations",
    unit: "",
    labels: [],
  });
  relayed(0, {});
  const failures = counterOf(sink, "archway.worker.failures", {
    description: "Steps of the worker that failed and are tried again",
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
  /** Every value the label takes. */
  readonly values: readonly string[];
}

/** A counter whose series all begin with 0. */
function counterOf(sink: MetricSink, name: string, { description, label, values }: CounterOptions): Measure {
  const measure = sink.counter({ name, description, unit: "", labels: [label] });
  for (const value of values) measure(0, { [label]: value });
  return measure;
}

/** Tells how much waits to leave, whenever metrics are collected. */
export function measureQueues(sink: MetricSink, read: () => readonly QueueReading[]): void {
  const labels = ["queue"];
  sink.gauge(
    {
      name: "archway.outbox.depth",
      description: "Events, messages and deliveries that wait to leave, as they were counted last",
      unit: "",
      labels,
    },
    () => read().map(({ queue, waiting }) => ({ value: waiting, labels: { queue } })),
  );
  sink.gauge(
    { name: "archway.outbox.age", description: "How long the first of them has waited", unit: "s", labels },
    () => read().map(({ queue, ageSeconds }) => ({ value: ageSeconds, labels: { queue } })),
  );
}

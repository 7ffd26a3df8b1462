import type { DatabaseObserver, Observation } from "@archway/db/database_observer.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Measure, MetricSink, Reading } from "@archway/service_kit/metric_sink.ts";

/** Bounds from 0.1 ms, as most callers hardly wait, to 5 s. */
const BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5];

/** Returns an observer that measures how long statements and transactions wait for a connection, by server. */
export function measureDatabase(sink: MetricSink): DatabaseObserver {
  const wait = sink.histogram({
    name: "archway.db.connection.wait",
    description: "Time that statements and transactions waited for a connection",
    unit: "s",
    labels: ["instance"],
    buckets: BUCKETS,
  });
  return {
    statement: (_text, instance, options) =>
      options?.inTransaction ? undefined : new WaitObservation(wait, instance),
    transaction: (instance, run) => run(new WaitObservation(wait, instance)),
  };
}

class WaitObservation implements Observation {
  readonly #wait: Measure;
  readonly #instance: string;
  readonly #begun = performance.now();

  constructor(wait: Measure, instance: string) {
    this.#wait = wait;
    this.#instance = instance;
  }

  connected(): void {
    this.#wait((performance.now() - this.#begun) / 1000, { instance: this.#instance });
  }

  ended(): void {}
}

/** Exports the state of connections and the lag of replicas whenever metrics are collected. */
export function measurePool(sink: MetricSink, pool: Pick<ConnectionPool, "load">): void {
  const labels = ["instance"];
  const gauge = (name: string, description: string, read: (load: Load) => readonly Reading[]): void =>
    sink.gauge({ name, description, unit: "", labels }, () => pool.load().flatMap(read));
  const counted = { unit: "" } as const;
  sink.gauge(
    {
      ...counted,
      name: "archway.db.connections",
      description: "Open connections, by state",
      labels: ["instance", "state"],
    },
    () =>
      pool.load().flatMap(({ name: instance, pool: { open, idle } }) => [
        { value: idle, labels: { instance, state: "idle" } },
        { value: open - idle, labels: { instance, state: "used" } },
      ]),
  );
  gauge(
    "archway.db.connections.max",
    "Maximum number of connections",
    ({ name: instance, pool: { max } }) => [
      { value: max, labels: { instance } },
    ],
  );
  gauge(
    "archway.db.waiting",
    "Callers waiting for a connection",
    ({ name: instance, pool: { waiting } }) => [
      { value: waiting, labels: { instance } },
    ],
  );
  sink.gauge(
    {
      name: "archway.db.replica.lag",
      description: "Replication lag, as measured last",
      unit: "s",
      labels,
    },
    () =>
      pool.load().flatMap(({ name: instance, lagMs }) =>
        lagMs === undefined ? [] : [{ value: lagMs / 1000, labels: { instance } }]
      ),
  );
}

type Load = ReturnType<ConnectionPool["load"]>[number];

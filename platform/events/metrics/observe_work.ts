import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import {
  bothObservations,
  type ObservedWork,
  type WorkObservation,
  type WorkTracer,
} from "@archway/service_kit/observed_work.ts";
import { type EventWork, UNOBSERVED, type WorkObserver } from "../worker/work_observer.ts";
import { measureWork } from "./measure_work.ts";

const SPANS: Readonly<Record<EventWork["kind"], Pick<ObservedWork, "name" | "kind">>> = {
  relay: { name: "relay events", kind: "internal" },
  webhook: { name: "POST webhook", kind: "client" },
  broker: { name: "publish event", kind: "producer" },
};

/** Returns an observer that records spans and, if a sink is passed, metrics of the publishing of events. */
export function observeWork(metrics: MetricSink | undefined, tracer: WorkTracer): WorkObserver {
  const measured = metrics === undefined ? UNOBSERVED : measureWork(metrics);
  return {
    ...measured,
    work<T>(
      work: EventWork,
      run: (observation: WorkObservation) => Promise<T>,
    ): Promise<T> {
      return measured.work(
        work,
        (measurement) =>
          tracer.work({ ...work, ...SPANS[work.kind] }, (span) => run(bothObservations(span, measurement))),
      );
    },
  };
}

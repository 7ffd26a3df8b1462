import {
  type ObservedWork,
  UNOBSERVED,
  type WorkObservation,
  type WorkObserver,
} from "@archway/events/worker/work_observer.ts";

/** One observer that tells several. The first stands outermost. */
export function observeAllWork(observers: readonly WorkObserver[]): WorkObserver {
  return observers.reduceRight<WorkObserver>((inner, outer) => ({
    work<T>(work: ObservedWork, run: (observation: WorkObservation) => Promise<T>): Promise<T> {
      return outer.work(work, (first) => inner.work(work, (second) => run(both(first, second))));
    },
    settled(state): void {
      outer.settled(state);
      inner.settled(state);
    },
    jobFailed(job): void {
      outer.jobFailed(job);
      inner.jobFailed(job);
    },
  }), UNOBSERVED);
}

function both(first: WorkObservation, second: WorkObservation): WorkObservation {
  return {
    traceparent: first.traceparent ?? second.traceparent,
    ended(outcome): void {
      first.ended(outcome);
      second.ended(outcome);
    },
  };
}

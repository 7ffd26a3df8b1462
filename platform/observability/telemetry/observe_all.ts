import type { DatabaseObserver, Observation } from "@archway/db/database_observer.ts";

/** Combines observers into one, the first outermost around transactions. Returns undefined if there are none. */
export function observeAll(observers: readonly DatabaseObserver[]): DatabaseObserver | undefined {
  return observers.length === 0 ? undefined : observers.reduceRight((inner, outer) => ({
    statement(text, instance, options): Observation | undefined {
      return both(outer.statement(text, instance, options), inner.statement(text, instance, options));
    },
    transaction: (instance, run) =>
      outer.transaction(
        instance,
        (first) => inner.transaction(instance, (second) => run(both(first, second) ?? first)),
      ),
  }));
}

function both(first: Observation | undefined, second: Observation | undefined): Observation | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return {
    connected(server): void {
      first.connected(server);
      second.connected(server);
    },
    ended(outcome): void {
      first.ended(outcome);
      second.ended(outcome);
    },
  };
}

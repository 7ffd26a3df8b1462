/** Something that is done because of a request, which may have ended long ago, in another process. */
export interface ObservedWork {
  /** "relay": events go to their destinations. "webhook": an attempt at a delivery. "broker": a message is published. */
  readonly kind: "relay" | "webhook" | "broker";
  /** The `traceparent` of every request that it goes back to, as far as they are known. */
  readonly causes: readonly string[];
  /** For people who look for it: ids and counts, nothing that a client wrote. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** How it ended. */
export interface WorkOutcome {
  /** One of few words: "done", or what went wrong. */
  readonly outcome: string;
  /** Whether it went wrong. */
  readonly failed: boolean;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** Follows one piece of work. */
export interface WorkObservation {
  /** The `traceparent` to pass on; undefined: that of what caused it. */
  readonly traceparent: string | undefined;
  /** It ended; called once, unless it throws. */
  ended(outcome: WorkOutcome): void;
}

/** Watches what is done outside of requests. It must not throw. */
export interface WorkObserver {
  /** A piece of work begins; `run` is all of it, and is to be called once. */
  work<T>(work: ObservedWork, run: (observation: WorkObservation) => Promise<T>): Promise<T>;
  /** A delivery has come to its end: the receiver has it, or nobody tries any more. */
  settled(state: "delivered" | "dead"): void;
  /** A job, or a step of one, failed in a way that it does not count by itself. */
  jobFailed(job: string): void;
}

/** Watches nothing. */
export const UNOBSERVED: WorkObserver = {
  work: (_work, run) => run({ traceparent: undefined, ended(): void {} }),
  settled(): void {},
  jobFailed(): void {},
};

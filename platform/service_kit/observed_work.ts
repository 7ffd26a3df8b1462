/** Work outside of requests, caused by requests that may have ended long ago, in another process. */
export interface ObservedWork {
  /** Name of its span, such as "POST webhook": one of few. */
  readonly name: string;
  /** Role in the trace (OpenTelemetry, "SpanKind"). */
  readonly kind: "internal" | "client" | "producer";
  /** `traceparent` of every request that caused it, as far as known. */
  readonly causes: readonly string[];
  /** Ids and counts; nothing that a client wrote. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** End of a piece of work. */
export interface WorkOutcome {
  /** One of few words: "done", or the reason of the failure. */
  readonly outcome: string;
  readonly failed: boolean;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** Observation of one piece of work. */
export interface WorkObservation {
  /** `traceparent` to propagate; undefined: that of the cause. */
  readonly traceparent: string | undefined;
  /** Called once when the work ends, unless it throws. */
  ended(outcome: WorkOutcome): void;
}

/** Traces work outside of requests. Must not throw by itself. */
export interface WorkTracer {
  /** Observes a piece of work; calls `run`, which is all of it, once. */
  work<T>(work: ObservedWork, run: (observation: WorkObservation) => Promise<T>): Promise<T>;
}

/** Traces nothing. */
export const UNTRACED: WorkTracer = {
  work: (_work, run) => run({ traceparent: undefined, ended(): void {} }),
};

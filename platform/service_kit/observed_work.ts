/** Work outside of requests, caused by earlier requests, possibly of another process. */
export interface ObservedWork {
  /** Span name of low cardinality, such as "POST webhook". */
  readonly name: string;
  /** Role in the trace (OpenTelemetry, "SpanKind"). */
  readonly kind: "internal" | "client" | "producer";
  /** `traceparent` of the requests that caused it, if known. */
  readonly causes: readonly string[];
  /** Ids and counts; never text from clients. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Outcome of a piece of work. */
export interface WorkOutcome {
  /** "done", or the reason of the failure; low cardinality. */
  readonly outcome: string;
  readonly failed: boolean;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** Observation of one piece of work. */
export interface WorkObservation {
  /** `traceparent` to propagate; that of the cause if undefined. */
  readonly traceparent: string | undefined;
  /** Records the end of the work; called once, unless the work throws. */
  ended(outcome: WorkOutcome): void;
}

/** Tracer of work outside of requests. Must not throw errors of its own. */
export interface WorkTracer {
  /** Calls `run` once and traces it. */
  work<T>(work: ObservedWork, run: (observation: WorkObservation) => Promise<T>): Promise<T>;
}

/** Tracer that records nothing. */
export const UNTRACED: WorkTracer = {
  work: (_work, run) => run({ traceparent: undefined, ended(): void {} }),
};

/** Returns an observation that records with two others; its `traceparent` is that of the first. */
export function bothObservations(first: WorkObservation, second: WorkObservation): WorkObservation {
  return {
    traceparent: first.traceparent,
    ended(outcome): void {
      second.ended(outcome);
      first.ended(outcome);
    },
  };
}

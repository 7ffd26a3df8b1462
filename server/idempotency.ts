/**
 * Work of one keyed request, stored atomically with its response. Only the implementation of {@link Idempotency} and
 * the handlers written for it know its contents.
 */
export interface UnitOfWork {
  /** Method and path template, e.g. "POST /v1/payments". */
  readonly operation: string;
}

/** Request with an `Idempotency-Key`. */
export interface KeyedRequest {
  /** Subject of the caller; undefined if anonymous. Each subject has its own keys, and so have anonymous callers. */
  readonly principal: string | undefined;
  /** Method and path template, e.g. "POST /v1/payments". */
  readonly operation: string;
  /** Key of 1 to 255 characters. */
  readonly key: string;
  /** SHA-256 of the operation and its input. */
  readonly fingerprint: Uint8Array;
  /** Aborts when the response is no longer needed. */
  readonly signal: AbortSignal;
}

/** Response as it is stored and replayed, byte by byte. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined if the response has no body. */
  readonly body: Uint8Array | undefined;
}

/** Result of the work for a request. */
export interface WorkResult {
  readonly response: StoredResponse;
  /** Whether the request was refused. Then only the response is stored, and all other work rolled back. */
  readonly refused: boolean;
}

/** Performs a request as part of the unit. May run again after a transaction conflict. */
export type Work = (unit: UnitOfWork) => Promise<WorkResult>;

/** First response, or its replay. */
export interface KeyedResponse {
  readonly response: StoredResponse;
  readonly replayed: boolean;
  /** Headers that reflect the time after the commit, such as `Consistency-Token`. */
  readonly fresh: Readonly<Record<string, string>>;
}

/** Stores the first response to every keyed request and replays it. */
export interface Idempotency {
  /**
   * Runs the work, or returns the stored response of an earlier request with the same key.
   *
   * @throws {Problem} 409 while another request with the key is in progress; 422 if the key was used for a different
   * request, or its response has expired. Errors of `work` propagate, and nothing is stored.
   */
  run(request: KeyedRequest, work: Work): Promise<KeyedResponse>;
}

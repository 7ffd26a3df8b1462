/**
 * The work that one keyed request is answered by: all of it is kept together with the answer, or nothing. What it is
 * made of is known to whoever keeps the keys, and to the handlers that are written for it.
 */
export interface UnitOfWork {
  /** What is being done, e.g. "POST /v1/payments". */
  readonly operation: string;
}

/** A request that carries an `Idempotency-Key`. */
export interface KeyedRequest {
  /** Who sends it; undefined: nobody is known. Nobody's keys are another's. */
  readonly principal: string | undefined;
  /** Method and path template, e.g. "POST /v1/payments". */
  readonly operation: string;
  /** 1 to 255 characters. */
  readonly key: string;
  /** SHA-256 of what is asked for. */
  readonly fingerprint: Uint8Array;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** An answer as it is given again, byte by byte. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined: it has none. */
  readonly body: Uint8Array | undefined;
}

/** What a request has come to. */
export interface WorkResult {
  readonly response: StoredResponse;
  /** Whether the request was refused: then the answer is kept, and nothing else of the work. */
  readonly refused: boolean;
}

/** Does what is asked for, as part of the unit. It may be run again where the unit gave way to another one. */
export type Work = (unit: UnitOfWork) => Promise<WorkResult>;

/** The first answer, and whether it is given again. */
export interface KeyedResponse {
  readonly response: StoredResponse;
  readonly replayed: boolean;
  /** What this answer says besides, of the time after the work was kept; see `Consistency-Token`. */
  readonly fresh: Readonly<Record<string, string>>;
}

/** Keeps the first answer to every keyed request, and gives it again. */
export interface Idempotency {
  /**
   * Answers a request: by the work, or by what the work of an earlier request with the key came to.
   *
   * @throws {Problem} 409 while another request with the key is under way; 422 when the key was used for another
   * request, or so long ago that its answer is no longer kept. What `work` throws is thrown on, and nothing is kept.
   */
  run(request: KeyedRequest, work: Work): Promise<KeyedResponse>;
}

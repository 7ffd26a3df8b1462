import type { Operation, StrictResponse } from "./operation.ts";
import type { InvalidParam } from "./problem.ts";
import type { RequestContext } from "./request_context.ts";

/** Input of a call, in the types that the document declares. */
export interface CallInput {
  /** @default {} */
  readonly path?: Readonly<Record<string, unknown>>;
  /** @default {} */
  readonly query?: Readonly<Record<string, unknown>>;
  /** Header fields by name as in the document. @default {} */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** @default no body */
  readonly body?: unknown;
  /** Media type of the body as in the document. @default the first one */
  readonly contentType?: string;
}

/** Result of a call that succeeded. */
export interface CallResult {
  readonly status: number;
  /** Header fields by name as in the document. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** Whether it is the stored result of an earlier call with the same `Idempotency-Key`. */
  readonly replayed: boolean;
  /** Result as the handler returned it; undefined for an operation that takes an `Idempotency-Key`. */
  readonly result?: StrictResponse;
}

/** Problem as clients receive it (RFC 9457). */
export interface ProblemDetails {
  /** URI reference, e.g. "/problems/forbidden", or "about:blank". */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly invalidParams?: readonly InvalidParam[];
}

/** Problem of a call, and the header fields that a response with it has. */
export interface CallProblem {
  readonly problem: ProblemDetails;
  readonly headers: Headers;
}

/** An operation that another API module can call for the sender of a request, with the rules of a request of its own. */
export interface OperationCall {
  readonly operation: Operation;
  /** @throws {Problem} 401 or 403 if the sender of the request cannot call the operation. */
  authorize(context: RequestContext): void;
  /**
   * Authorizes reads of many resources that replace calls, and counts them against the quota of the operation if it has one
   * of its own.
   *
   * @throws {Problem} 401, 403 or 429
   */
  admit(context: RequestContext, calls: number): Promise<void>;
  /** Counts more requests of the sender against the quota of the operation. @throws {Problem} 429 */
  charge(context: RequestContext, points: number): Promise<void>;
  /**
   * Validates the input like that of a request.
   *
   * @throws {Problem} 400 or 422 with all validation errors.
   */
  validate(input: CallInput): void;
  /**
   * Authorizes, validates and performs a call. One with an `Idempotency-Key` is stored as the request is, so that either
   * of them replays the other. Calls with keys must not run concurrently for one request.
   *
   * @throws {Error} a problem, or any error of the handler: see {@link OperationCalls.problemOf}.
   */
  call(input: CallInput, context: RequestContext): Promise<CallResult>;
}

/** Operations of a server, for API modules that call those of others. */
export interface OperationCalls {
  get(operationId: string): OperationCall | undefined;
  /** Whether the server authenticates callers. */
  readonly isAuthenticated: boolean;
  /**
   * Names the operation of a request in its log line and span.
   *
   * @param name One of a bounded set, never client input.
   */
  nameOperation(context: RequestContext, name: string): void;
  /** Converts an error of a call to a problem, and logs it if it is a failure of the server. */
  problemOf(error: unknown, context: RequestContext): CallProblem;
  /** Adds fields to the log line of a request, such as the name of what it called. */
  note(context: RequestContext, fields: Readonly<Record<string, string | number>>): void;
}

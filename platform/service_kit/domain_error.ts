/** Validation error of one member of a request. */
export interface FieldError {
  /** Name of the query parameter, or name or JSON Pointer of the body member. */
  readonly field: string;
  /** Reason, without the value. */
  readonly reason: string;
}

/** Options for {@link DomainError}. */
export interface DomainErrorOptions {
  /** @default [] */
  readonly fieldErrors?: readonly FieldError[];
  /** Current version of the resource, if the request required another one. */
  readonly currentVersion?: bigint;
  readonly cause?: unknown;
}

/**
 * Error of a service's domain that a client can act on. Its code is the slug of a problem type in the service's problem
 * table.
 */
export class DomainError<Code extends string = string> extends Error {
  override readonly name = "DomainError";
  readonly fieldErrors: readonly FieldError[];
  readonly currentVersion: bigint | undefined;

  constructor(readonly code: Code, options: DomainErrorOptions = {}) {
    super(code, "cause" in options ? { cause: options.cause } : undefined);
    this.fieldErrors = options.fieldErrors ?? [];
    this.currentVersion = options.currentVersion;
  }
}

/** Error codes of a resource: missing, modified concurrently, or invalid. */
export type ResourceErrorCode<Resource extends string> =
  | `${Resource}-not-found`
  | `${Resource}-changed`
  | `invalid-${Resource}`;

/** Returns the error for a resource that is missing or outside the access scope of the caller. */
export function notFoundError<Resource extends string>(
  resource: Resource,
): DomainError<`${Resource}-not-found`> {
  return new DomainError(`${resource}-not-found`);
}

/** Returns the error for a resource whose version is not the required one. */
export function changedError<Resource extends string>(
  resource: Resource,
  currentVersion: bigint,
): DomainError<`${Resource}-changed`> {
  return new DomainError(`${resource}-changed`, { currentVersion });
}

/** Returns the error for invalid input. */
export function invalidError<Resource extends string>(
  resource: Resource,
  fieldErrors: readonly FieldError[],
): DomainError<`invalid-${Resource}`> {
  return new DomainError(`invalid-${resource}`, { fieldErrors });
}

/** Code of an error that responds with 501. */
export const UNWRITTEN = "not-implemented";

/**
 * Change of a resource that is not written yet. Its operation responds with 501 if all conditions are met.
 *
 * @throws {DomainError} always.
 */
export function unwrittenChange(): never {
  throw new DomainError(UNWRITTEN);
}

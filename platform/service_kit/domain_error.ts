/** One member of a request that breaks a rule. */
export interface FieldError {
  /** The query parameter, or the body's member: its name, or its JSON Pointer. */
  readonly field: string;
  /** What is wrong, without the value. */
  readonly reason: string;
}

/** Details of an error beside its code. */
export interface DomainErrorOptions {
  /** @default [] */
  readonly fieldErrors?: readonly FieldError[];
  /** Version that the resource has now, where another one was required. */
  readonly currentVersion?: bigint;
  readonly cause?: unknown;
}

/**
 * An error of a service's domain that a client can act on. Its code is the slug of its problem type, and the service's
 * problem table says how it is answered.
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

/** Codes of a resource that can be missing, be modified by another writer, or break a rule. */
export type ResourceErrorCode<Resource extends string> =
  | `${Resource}-not-found`
  | `${Resource}-changed`
  | `invalid-${Resource}`;

/** No such resource, or not one that the caller may reach. */
export function notFoundError<Resource extends string>(
  resource: Resource,
): DomainError<`${Resource}-not-found`> {
  return new DomainError(`${resource}-not-found`);
}

/** The resource has another version than the one required. */
export function changedError<Resource extends string>(
  resource: Resource,
  currentVersion: bigint,
): DomainError<`${Resource}-changed`> {
  return new DomainError(`${resource}-changed`, { currentVersion });
}

/** The input breaks a rule of the resource. */
export function invalidError<Resource extends string>(
  resource: Resource,
  fieldErrors: readonly FieldError[],
): DomainError<`invalid-${Resource}`> {
  return new DomainError(`invalid-${resource}`, { fieldErrors });
}

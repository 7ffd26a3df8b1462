/** What can go wrong in the profile service, as far as a client can do something about it. */
export type ProfileErrorCode =
  /** There is no living profile with the id. */
  | "not-found"
  /** The profile has changed: `currentVersion` is what it has now. */
  | "version-mismatch"
  /** Another living profile has the e-mail address. */
  | "email-taken"
  /** A draft breaks a rule: `faults` says which. */
  | "invalid"
  /** A patch cannot be applied to the profile as it is: `faults` says where. */
  | "patch-failed"
  /** A page was asked for in a way that cannot be answered: `faults` names the parameters. */
  | "invalid-page";

/** One thing that is wrong. */
export interface ProfileFault {
  /** The draft's field, the query parameter, or the JSON Pointer into a patch. */
  readonly field: string;
  /** In words, without the value. */
  readonly reason: string;
}

/** What is known besides the code. */
export interface ProfileErrorOptions {
  readonly faults?: readonly ProfileFault[];
  readonly currentVersion?: bigint;
  readonly cause?: unknown;
}

/** An error of the profile service; error_handler.ts says what a client is told. */
export class ProfileError extends Error {
  override readonly name = "ProfileError";
  readonly faults: readonly ProfileFault[];
  readonly currentVersion: bigint | undefined;

  constructor(readonly code: ProfileErrorCode, options: ProfileErrorOptions = {}) {
    super(`Profile service: ${code}`, "cause" in options ? { cause: options.cause } : undefined);
    this.faults = options.faults ?? [];
    this.currentVersion = options.currentVersion;
  }
}

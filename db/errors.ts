/** What went wrong, in the words services decide by. SQLSTATEs end inside the adapter. */
export type DatabaseErrorCode =
  /** A UNIQUE or exclusion constraint refused the row; `constraint` names it. */
  | "unique-violation"
  /** A foreign key refused the row; `constraint` names it. */
  | "foreign-key-violation"
  /** A CHECK or NOT NULL refused the row; `constraint` names it where the server does. */
  | "check-violation"
  /** A value does not fit its type: out of range, malformed, text that cannot be stored. */
  | "invalid-value"
  /** Two transactions met and this one gave way (SQLSTATE 40001 or 40P01): it may be tried again. */
  | "conflict"
  /** The statement, lock or transaction ran into its deadline. */
  | "timeout"
  /** The caller's signal aborted it. */
  | "cancelled"
  /** The server cannot be reached, is starting or stopping, is full, or does not accept writes now: nothing was done. */
  | "unavailable"
  /** Too many wait for a connection already, or none came free in time: nothing was done. */
  | "saturated"
  /**
   * The connection was lost while the server worked, or it could not say that what it committed is safe: a write may
   * have been made or not.
   */
  | "outcome-unknown"
  /** Anything else: a mistake in the program or its schema. */
  | "internal";

/** The parts of a {@link DatabaseError} besides its code. */
export interface DatabaseErrorOptions {
  readonly cause?: unknown;
  /** The constraint that refused the row. */
  readonly constraint?: string;
  /** The five characters of the SQLSTATE, for logs. */
  readonly sqlState?: string;
}

/** A fault of the database or of the way to it. Its message carries neither SQL nor values. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly constraint: string | undefined;
  readonly sqlState: string | undefined;

  constructor(readonly code: DatabaseErrorCode, message: string, options: DatabaseErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.constraint = options.constraint;
    this.sqlState = options.sqlState;
  }
}

/**
 * The migrations cannot be applied or undone as they are: a file that is not in dbmate's format, one that has changed
 * since it was applied, one that cannot be undone. The message names it.
 */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

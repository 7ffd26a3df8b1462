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

/** Fields of an error's log line: names of the schema and of the program, never values. */
export interface DatabaseErrorFields {
  /** The five characters of the SQLSTATE (PostgreSQL, appendix A). */
  readonly sqlState?: string | undefined;
  /** The constraint that refused the row. */
  readonly constraint?: string | undefined;
  /** The table it is about, with its schema where that is not "public". */
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  /** Summary of the statement, e.g. "SELECT profiles". */
  readonly statement?: string | undefined;
  /** Place in the statement, in characters from 1. */
  readonly position?: number | undefined;
  /** The surroundings of that place, without literals, where the statement itself is wrong. */
  readonly near?: string | undefined;
  /** Advice of the server, where the statement itself is wrong. */
  readonly hint?: string | undefined;
}

/** The parts of a {@link DatabaseError} besides its code. */
export interface DatabaseErrorOptions extends DatabaseErrorFields {
  readonly cause?: unknown;
}

/** A fault of the database or of the way to it. Its message carries neither SQL nor values. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly logFields: DatabaseErrorFields;

  constructor(readonly code: DatabaseErrorCode, message: string, options: DatabaseErrorOptions = {}) {
    const { cause, ...fields } = options;
    super(message, "cause" in options ? { cause } : undefined);
    this.logFields = fields;
  }

  get constraint(): string | undefined {
    return this.logFields.constraint;
  }

  get sqlState(): string | undefined {
    return this.logFields.sqlState;
  }
}

/**
 * The migrations cannot be applied or undone as they are: a file that is not in dbmate's format, one that has changed
 * since it was applied, one that cannot be undone. The message names it.
 */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

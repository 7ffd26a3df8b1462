/** Category of a database error, as services handle it. SQLSTATEs stay inside the adapter. */
export type DatabaseErrorCode =
  /** A UNIQUE or exclusion constraint rejected the row; `constraint` names it. */
  | "unique-violation"
  /** A foreign key rejected the row; `constraint` names it. */
  | "foreign-key-violation"
  /** A CHECK or NOT NULL constraint rejected the row; `constraint` names it if the server does. */
  | "check-violation"
  /** A value is out of range, malformed or cannot be stored in its type. */
  | "invalid-value"
  /** Serialization failure or deadlock (SQLSTATE 40001, 40P01); the transaction may be retried. */
  | "conflict"
  /** The statement, lock wait or transaction exceeded its deadline. */
  | "timeout"
  /** The caller's signal aborted it. */
  | "cancelled"
  /** The server is unreachable, starting, stopping, full or read-only: nothing was done. */
  | "unavailable"
  /** The wait queue for connections is full, or none became free in time: nothing was done. */
  | "saturated"
  /**
   * A write may or may not have taken effect. The connection was lost, or replication of a commit could not be
   * confirmed.
   */
  | "outcome-unknown"
  /** Any other error: a bug in the program or its schema. */
  | "internal";

/** Log fields of an error: names from the schema and the program, never values. */
export interface DatabaseErrorFields {
  /** SQLSTATE, five characters (PostgreSQL, appendix A). */
  readonly sqlState?: string | undefined;
  /** Constraint that rejected the row. */
  readonly constraint?: string | undefined;
  /** Table concerned, with its schema unless that is "public". */
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  /** Summary of the statement, e.g. "SELECT profiles". */
  readonly statement?: string | undefined;
  /** Position in the statement, in characters from 1. */
  readonly position?: number | undefined;
  /** Excerpt of the statement around the position, without literals. Only for errors in the statement itself. */
  readonly near?: string | undefined;
  /** Hint of the server, for errors in the statement itself. */
  readonly hint?: string | undefined;
}

/** Properties of a {@link DatabaseError} besides its code. */
export interface DatabaseErrorOptions extends DatabaseErrorFields {
  readonly cause?: unknown;
}

/** Error of the database or of the connection to it. Its message contains neither SQL nor values. */
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
 * Error of migrations that cannot be applied or reverted. A file is not in dbmate's format, has changed since it was
 * applied, or cannot be reverted; the message names it.
 */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

import { EmbeddedError } from "@archway/db/embedded/embedded_error.ts";
import { DatabaseError, MigrationError } from "@archway/db/errors.ts";

/**
 * Formats an error for the operator. A database error becomes one line with the constraint and the message of the
 * server or system; responses to clients must not contain it.
 */
export function formatError(error: Error): string {
  if (!(error instanceof DatabaseError)) return error.message;
  const { message, cause, constraint } = error;
  const reason = cause instanceof Error && !message.includes(cause.message) ? `: ${cause.message}` : "";
  const named = constraint === undefined ? "" : ` (${constraint})`;
  return `${message}${named}${reason}`.replace(/\s+/g, " ");
}

/** Whether an error concerns the database or its migrations, so that the operator can correct it. */
export function isDatabaseError(error: unknown): error is DatabaseError | EmbeddedError | MigrationError {
  return error instanceof DatabaseError || error instanceof EmbeddedError || error instanceof MigrationError;
}

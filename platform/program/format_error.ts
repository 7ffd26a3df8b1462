import { EmbeddedError } from "@archway/db/embedded/embedded_error.ts";
import { DatabaseError, MigrationError } from "@archway/db/errors.ts";

/**
 * What went wrong, in one line for who runs the program: where it is the database, with what the server or the system
 * said of it. Never for who asks it by HTTP.
 */
export function formatError(error: Error): string {
  if (!(error instanceof DatabaseError)) return error.message;
  const { message, cause, constraint } = error;
  const reason = cause instanceof Error && !message.includes(cause.message) ? `: ${cause.message}` : "";
  const named = constraint === undefined ? "" : ` (${constraint})`;
  return `${message}${named}${reason}`.replace(/\s+/g, " ");
}

/** Whether an error is about the database or its migrations, whose message lets the operator mend it. */
export function isDatabaseError(error: unknown): error is DatabaseError | EmbeddedError | MigrationError {
  return error instanceof DatabaseError || error instanceof EmbeddedError || error instanceof MigrationError;
}

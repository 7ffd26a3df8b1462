import { DatabaseError } from "@archway/db/errors.ts";

/**
 * What went wrong, in one line for who runs the program: where it is the database, with what the server or the system
 * said of it. Never for who asks it by HTTP.
 */
export function describeFault(error: Error): string {
  if (!(error instanceof DatabaseError)) return error.message;
  const { message, cause, constraint } = error;
  const reason = cause instanceof Error && !message.includes(cause.message) ? `: ${cause.message}` : "";
  const named = constraint === undefined ? "" : ` (${constraint})`;
  return `${message}${named}${reason}`.replace(/\s+/g, " ");
}

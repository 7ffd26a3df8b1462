import type { DatabaseError } from "../db/errors.ts";

/** What went wrong with the database, in one line, with what the server or the system said of it. */
export function describeFault({ message, cause, constraint }: DatabaseError): string {
  const reason = cause instanceof Error && !message.includes(cause.message) ? `: ${cause.message}` : "";
  const named = constraint === undefined ? "" : ` (${constraint})`;
  return `${message}${named}${reason}`.replace(/\s+/g, " ");
}

import { DatabaseError } from "../../errors.ts";

/**
 * Error of a statement that had no effect and can be sent again. It was hit by a cancel request for another statement,
 * or its tables have changed since it was prepared. A transaction fails nevertheless.
 */
class RetryableError extends DatabaseError {}

/** Converts an error of the server to a retryable one. */
export function retryable({ cause, sqlState }: DatabaseError, message: string): DatabaseError {
  return new RetryableError("conflict", message, { cause, ...(sqlState === undefined ? {} : { sqlState }) });
}

/** Whether the statement can be sent again. */
export function isRetryable(error: unknown): boolean {
  return error instanceof RetryableError;
}

import { DatabaseError } from "../../errors.ts";

/**
 * A statement did nothing through no fault of its own and can be sent again: a cancel request for another one stopped
 * it, or its tables have changed since it was prepared. A transaction is lost by it.
 */
class RetryableError extends DatabaseError {}

/** The server's error, told as what it is. */
export function retryable({ cause, sqlState }: DatabaseError, message: string): DatabaseError {
  return new RetryableError("conflict", message, { cause, ...(sqlState === undefined ? {} : { sqlState }) });
}

/** Whether it can be sent again. */
export function isRetryable(error: unknown): boolean {
  return error instanceof RetryableError;
}

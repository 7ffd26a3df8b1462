import { KeysError, type VerificationKeysOptions } from "@archway/server/authentication.ts";
import { FileError } from "@archway/server/limited_file.ts";
import type { Logger } from "@archway/server/logger.ts";

/** Callbacks of {@link VerificationKeys}. */
export type KeyLog = Required<Pick<VerificationKeysOptions, "onError" | "onRecovered">>;

/** Logs each reason once during an outage: while there are no keys, they are fetched every few seconds. */
export function keyLog(logger: Logger): KeyLog {
  const logged = new Set<string>();
  return {
    onError(error): void {
      const reason = keyReason(error);
      if (logged.has(reason)) return;
      logged.add(reason);
      logger.warn("Verification keys of access tokens unavailable: {reason}", { reason });
    },
    onRecovered(): void {
      // Reported if the failure was, which one before the start was not.
      if (logged.size > 0) logger.info("Verification keys of access tokens available again");
      logged.clear();
    },
  };
}

/** Returns the reason without details of the system such as paths. */
export function keyReason(error: unknown): string {
  if (error instanceof KeysError) return error.message;
  if (error instanceof FileError) return `The file ${error.message}`;
  return error instanceof Error ? error.name : "unknown error";
}

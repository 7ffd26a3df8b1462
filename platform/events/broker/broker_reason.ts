import { JetStreamApiError, JetStreamError } from "@nats-io/jetstream";
import { errors } from "@nats-io/nats-core";

/** Maximum length of a reason that the server or the platform words, in characters. */
const MAX_CHARACTERS = 200;

/** Beginning of inboxes, which continue with a random part that would make every reason a new one. */
const INBOX = /^_INBOX\..*/;

/**
 * Returns the reason of a failure for a log: the same text for the same reason, without credentials or message contents.
 *
 * @param timeoutMs Timeout of the operation that failed.
 */
export function brokerReason(error: unknown, timeoutMs: number): string {
  const causes = causesOf(error);
  for (const cause of causes) {
    if (cause instanceof errors.PermissionViolationError) {
      const verb = cause.operation === "publish" ? "publish" : "subscribe";
      return `no permission to ${verb} to "${cause.subject.replace(INBOX, "_INBOX.>")}"`;
    }
    if (
      cause instanceof errors.AuthorizationError || cause instanceof errors.UserAuthenticationExpiredError
    ) {
      return `${shorten(cause.message)} (check the credentials in the URL)`;
    }
    if (cause instanceof JetStreamApiError) return `${shorten(cause.message)} (error ${cause.code})`;
    if (cause instanceof errors.NoRespondersError) {
      return cause.subject.startsWith("$JS.")
        ? "JetStream is not enabled on the server or for the account"
        : `no stream covers the subject "${cause.subject}"`;
    }
    if (cause instanceof errors.TimeoutError) return `no response within ${timeoutMs} ms`;
  }
  return shorten(causes.at(-1)?.message ?? "unknown reason");
}

/** Whether the stream may be gone: no stream has taken the message, or another one would have. */
export function mayLackStream(error: unknown): boolean {
  return causesOf(error).some((cause) =>
    cause instanceof errors.NoRespondersError || cause instanceof JetStreamApiError
  );
}

/** Whether the server refuses a message, and not the connection. */
export function isRefusal(error: unknown): boolean {
  return causesOf(error).some((cause) =>
    cause instanceof JetStreamApiError || cause instanceof JetStreamError ||
    cause instanceof errors.InvalidArgumentError || cause instanceof errors.PermissionViolationError ||
    // The client reports a server without JetStream, but that was ruled out on connecting.
    cause instanceof errors.NoRespondersError
  );
}

/** Returns an error and its causes, outermost first. */
function causesOf(error: unknown): readonly Error[] {
  const found: Error[] = [];
  for (let next = error; next instanceof Error && !found.includes(next); next = next.cause) found.push(next);
  return found;
}

function shorten(message: string): string {
  return message.replaceAll(/\p{Cc}+/gu, " ").trim().slice(0, MAX_CHARACTERS);
}

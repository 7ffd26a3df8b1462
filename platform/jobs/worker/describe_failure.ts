import { NOT_AN_ERROR } from "@archway/queue/worker_failures.ts";
import { redactMessage, truncateText } from "@archway/service_kit/redact_message.ts";

/** Maximum lengths, in UTF-16 code units. Characters of two units are not split. */
const MAX_NAME = 100;
const MAX_TEXT = 500;

/** Describes an error whose name and message cannot be read. */
const INDESCRIBABLE = "Error: a value that cannot be described";

/**
 * Control characters, of which PostgreSQL does not store U+0000 and terminals execute others, and those that change the
 * direction of text.
 */
// deno-lint-ignore no-control-regex -- these are the replaced characters
const UNPRINTABLE = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/**
 * Returns the name and redacted message of a thrown value, as they are stored and printed. Never throws: properties of
 * the value may be of any type, and reading them may fail.
 */
export function describeFailure(error: unknown): string {
  try {
    if (!(error instanceof Error)) return NOT_AN_ERROR;
    const name: unknown = error.name;
    const message: unknown = error.message;
    if (typeof name !== "string" || typeof message !== "string") return INDESCRIBABLE;
    const text = `${truncateText(redactMessage(name), MAX_NAME)}: ${redactMessage(message)}`;
    return truncateText(text.replaceAll(/[\t\r\n]+/g, " ").replaceAll(UNPRINTABLE, "\uFFFD"), MAX_TEXT);
  } catch {
    return INDESCRIBABLE;
  }
}

import type { Timestamp } from "@archway/db/timestamp.ts";
import { type FieldError, invalidError, type ResourceErrorCode } from "@archway/service_kit/domain_error.ts";

/** A person's contact. */
export interface Contact {
  /** UUIDv7. */
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** Age in years. */
  readonly age: number | null;
  /** Number of the version, from 1; determines the ETag. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Properties of a contact that clients set. */
export type ContactInput = Pick<Contact, "name" | "email" | "age">;

/** Error codes of the contact service. */
export type ContactErrorCode = ResourceErrorCode<"contact"> | "email-taken";

/** Maximum length of a name after trimming, in characters (code points). */
export const MAX_NAME_CHARACTERS = 100;

/** Maximum length of an e-mail address in characters (RFC 5321, section 4.5.3.1.3). */
export const MAX_EMAIL_CHARACTERS = 254;

/**
 * Validates the input and returns it in stored form. It is trimmed and in Unicode normalization form C, so that names
 * that look the same compare equal.
 *
 * @throws {DomainError} "invalid-contact", with every violation.
 */
export function normalizeInput(input: ContactInput): ContactInput {
  const name = input.name.normalize("NFC").trim();
  const email = input.email?.normalize("NFC") ?? null;
  const fieldErrors: FieldError[] = [];
  const characters = [...name].length;
  if (characters < 1 || characters > MAX_NAME_CHARACTERS) {
    fieldErrors.push({
      field: "name",
      reason: `must have 1 to ${MAX_NAME_CHARACTERS} characters after trimming whitespace`,
    });
  }
  if (email !== null && (email.length > MAX_EMAIL_CHARACTERS || !/^[^@\s]+@[^@\s]+$/.test(email))) {
    fieldErrors.push({ field: "email", reason: "must be an e-mail address" });
  }
  if (input.age !== null && !(Number.isInteger(input.age) && input.age >= 1 && input.age <= 150)) {
    fieldErrors.push({ field: "age", reason: "must be an integer from 1 to 150" });
  }
  if (fieldErrors.length > 0) throw invalidError("contact", fieldErrors);
  return { name, email, age: input.age };
}

import type { Timestamp } from "@archway/db/timestamp.ts";
import { type FieldError, invalidError, type ResourceErrorCode } from "@archway/service_kit/domain_error.ts";

/** A contact: a person with a name and an address. */
export interface Contact {
  /** A UUIDv7. */
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** In years. */
  readonly age: number | null;
  /** Counts the changes, from 1; the ETag is made of it. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Properties of a contact that a client decides. */
export type ContactInput = Pick<Contact, "name" | "email" | "age">;

/** Errors of the contact service that a client can act on. */
export type ContactErrorCode = ResourceErrorCode<"contact"> | "email-taken";

/** Maximum length of a name, in characters (code points) after trimming. */
export const MAX_NAME_CHARACTERS = 100;

/** Maximum length of an e-mail address, in characters (RFC 5321, section 4.5.3.1.3, less the angle brackets). */
export const MAX_EMAIL_CHARACTERS = 254;

/**
 * Returns the input in the form that is stored: the name trimmed, texts in Unicode normalization form C, so that what
 * looks the same is the same.
 *
 * @throws {DomainError} "invalid-contact", with every broken rule.
 */
export function normalizeInput(input: ContactInput): ContactInput {
  const name = input.name.normalize("NFC").trim();
  const email = input.email?.normalize("NFC") ?? null;
  const fieldErrors: FieldError[] = [];
  const characters = [...name].length;
  if (characters < 1 || characters > MAX_NAME_CHARACTERS) {
    fieldErrors.push({
      field: "name",
      reason: `must have 1 to ${MAX_NAME_CHARACTERS} characters after trimming white space`,
    });
  }
  if (email !== null && (email.length > MAX_EMAIL_CHARACTERS || !/^[^@\s]+@[^@\s]+$/.test(email))) {
    fieldErrors.push({ field: "email", reason: "must be an e-mail address" });
  }
  if (input.age !== null && !(Number.isInteger(input.age) && input.age >= 1 && input.age <= 150)) {
    fieldErrors.push({ field: "age", reason: "must be a whole number of years from 1 to 150" });
  }
  if (fieldErrors.length > 0) throw invalidError("contact", fieldErrors);
  return { name, email, age: input.age };
}

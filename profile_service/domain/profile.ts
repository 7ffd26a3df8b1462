import type { Timestamp } from "@archway/db/timestamp.ts";
import { type FieldError, invalidError, type ResourceErrorCode } from "@archway/service_kit/domain_error.ts";

/** A person's profile. */
export interface Profile {
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

/** Properties of a profile that clients set. */
export type ProfileInput = Pick<Profile, "name" | "email" | "age">;

/** Error codes of the profile service. */
export type ProfileErrorCode = ResourceErrorCode<"profile"> | "email-taken";

/** Maximum length of a name after trimming, in characters (code points). */
export const MAX_NAME_CHARACTERS = 100;

/** Maximum length of an e-mail address, in characters. Follows RFC 5321, section 4.5.3.1.3, without angle brackets. */
export const MAX_EMAIL_CHARACTERS = 254;

/** Maximum length of the part of an e-mail address before "@" (RFC 5321, section 4.5.3.1.1). */
const MAX_LOCAL_PART = 64;

/** Character that is neither whitespace nor invisible, such as a zero-width space. */
const VISIBLE =
  /[^\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8]/;

/**
 * Validates the input and returns it in stored form. The name is trimmed, and texts are in Unicode normalization form
 * C, so that names that look the same compare equal.
 *
 * @throws {DomainError} "invalid-profile", with every violation.
 */
export function normalizeInput(input: ProfileInput): ProfileInput {
  const name = input.name.normalize("NFC").trim();
  const email = input.email?.normalize("NFC") ?? null;
  const fieldErrors: FieldError[] = [];
  const characters = [...name].length;
  if (characters < 1 || characters > MAX_NAME_CHARACTERS) {
    fieldErrors.push({
      field: "name",
      reason: `must have 1 to ${MAX_NAME_CHARACTERS} characters after trimming whitespace`,
    });
  } else if (!VISIBLE.test(name)) {
    fieldErrors.push({ field: "name", reason: "must have a visible character" });
  }
  if (email !== null && email.indexOf("@") > MAX_LOCAL_PART) {
    fieldErrors.push({ field: "email", reason: `must have at most ${MAX_LOCAL_PART} characters before "@"` });
  } else if (email !== null && (email.length > MAX_EMAIL_CHARACTERS || !/^[^@\s]+@[^@\s]+$/.test(email))) {
    fieldErrors.push({ field: "email", reason: "must be an e-mail address" });
  }
  if (input.age !== null && !(Number.isInteger(input.age) && input.age >= 1 && input.age <= 150)) {
    fieldErrors.push({ field: "age", reason: "must be an integer from 1 to 150" });
  }
  if (fieldErrors.length > 0) throw invalidError("profile", fieldErrors);
  return { name, email, age: input.age };
}

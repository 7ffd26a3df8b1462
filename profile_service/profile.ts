import type { Timestamp } from "@archway/db/timestamp.ts";
import { ProfileError, type ProfileFault } from "./profile_error.ts";

/** A person's profile, as it is kept. */
export interface Profile {
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

/** What a client decides about a profile. */
export type ProfileDraft = Pick<Profile, "name" | "email" | "age">;

/** The longest name, in characters (code points) after trimming. */
export const MAX_NAME_CHARACTERS = 100;

/** The longest e-mail address, in characters (RFC 5321, section 4.5.3.1.3, less the angle brackets). */
export const MAX_EMAIL_CHARACTERS = 254;

/**
 * The draft in the form that is kept: the name trimmed, texts in Unicode normalization form C, so that what looks
 * the same is the same.
 *
 * @throws {ProfileError} "invalid", with every fault, when a rule is broken.
 */
export function normalizeDraft(draft: ProfileDraft): ProfileDraft {
  const name = draft.name.normalize("NFC").trim();
  const email = draft.email?.normalize("NFC") ?? null;
  const faults: ProfileFault[] = [];
  const characters = [...name].length;
  if (characters < 1 || characters > MAX_NAME_CHARACTERS) {
    faults.push({
      field: "name",
      reason: `must have 1 to ${MAX_NAME_CHARACTERS} characters after trimming white space`,
    });
  }
  if (email !== null && (email.length > MAX_EMAIL_CHARACTERS || !/^[^@\s]+@[^@\s]+$/.test(email))) {
    faults.push({ field: "email", reason: "must be an e-mail address" });
  }
  if (draft.age !== null && !(Number.isInteger(draft.age) && draft.age >= 1 && draft.age <= 150)) {
    faults.push({ field: "age", reason: "must be a whole number of years from 1 to 150" });
  }
  if (faults.length > 0) throw new ProfileError("invalid", { faults });
  return { name, email, age: draft.age };
}

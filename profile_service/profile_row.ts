import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Profile } from "./profile.ts";

/** The columns of {@link ProfileRow}, as a SELECT or RETURNING list. */
export const PROFILE_COLUMNS = "id, name, email, age, version, created_at, updated_at";

/** A row of the table `profiles`. */
export interface ProfileRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly age: number | null;
  readonly version: bigint;
  readonly created_at: Timestamp;
  readonly updated_at: Timestamp;
}

/** The profile a row holds. */
export function profileOfRow(row: ProfileRow): Profile {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    age: row.age,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

import type { NewProfile, Profile as WireProfile } from "@archway/api/profileapi/server.gen.ts";
import type { Profile, ProfileDraft } from "./profile.ts";

/** A profile as clients see it: what is listed here and nothing else. */
export function wireProfile({ id, name, email, age, createdAt, updatedAt }: Profile): WireProfile {
  return age === null
    ? { id, name, email, createdAt, updatedAt }
    : { id, name, email, age, createdAt, updatedAt };
}

/** What a client sent for a profile, absent members as null. */
export function draftOfWire({ name, email, age }: NewProfile): ProfileDraft {
  return { name, email: email ?? null, age: age ?? null };
}

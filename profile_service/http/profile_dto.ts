import type * as api from "@archway/api/profileapi/server.gen.ts";
import { replaceProfileBodyApplicationJson } from "@archway/api/profileapi/validators.gen.js";
import { resourcePatch } from "@archway/service_kit/resource_patch.ts";
import type { Profile, ProfileInput } from "../domain/profile.ts";

/** Converts a profile to its representation, with only the properties listed here. */
export function profileToJson({ id, name, email, age, createdAt, updatedAt }: Profile): api.Profile {
  return age === null
    ? { id, name, email, createdAt, updatedAt }
    : { id, name, email, age, createdAt, updatedAt };
}

/** Converts a request body to input; absent properties become null. */
export function profileInput({ name, email, age }: api.NewProfile): ProfileInput {
  return { name, email: email ?? null, age: age ?? null };
}

/** Applies the patch of a request to a profile's representation. */
export const patchProfile = resourcePatch<api.NewProfile>({
  resource: "profile",
  readOnly: ["id", "createdAt", "updatedAt"],
  validate: replaceProfileBodyApplicationJson,
});

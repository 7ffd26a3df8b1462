import type { JsonPatch, NewProfile, ProfileMergePatch } from "@archway/api/profileapi/server.gen.ts";
import { replaceProfileBodyApplicationJson as validateNewProfile } from "@archway/api/profileapi/validators.gen.js";
import { applyJsonPatch, JsonPatchError, mergePatch, schemaFaults } from "@archway/server/patch.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import type { Profile, ProfileDraft } from "./profile.ts";
import { ProfileError, type ProfileFault } from "./profile_error.ts";
import { draftOfWire, wireProfile } from "./wire_profile.ts";

/** What of a profile clients can see and not change. */
const READ_ONLY = ["id", "createdAt", "updatedAt"] as const;

/** The draft that a merge patch makes of a profile (RFC 7396). */
export function mergePatchedDraft(profile: Profile, patch: ProfileMergePatch): ProfileDraft {
  // Whatever clients can see stays unless the patch names it, also what is added to the document later.
  const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, ...current } = wireProfile(profile);
  return checkedDraft(mergePatch({ ...current }, { ...patch }));
}

/**
 * The draft that a JSON Patch makes of a profile as clients see it (RFC 6902).
 *
 * @throws {ProfileError} "patch-failed" when an operation does not fit; "invalid" when what comes of it is no profile.
 */
export function jsonPatchedDraft(profile: Profile, patch: JsonPatch): ProfileDraft {
  const before: Readonly<Record<string, JsonValue>> = { ...wireProfile(profile) };
  const after = patched(before, patch);
  if (typeof after !== "object" || after === null || Array.isArray(after)) {
    throw new ProfileError("invalid", { faults: [{ field: "", reason: "must be an object" }] });
  }
  const rest = new Map(Object.entries(after));
  const faults: ProfileFault[] = [];
  for (const field of READ_ONLY) {
    if (rest.get(field) !== before[field]) faults.push({ field: `/${field}`, reason: "is read-only" });
    rest.delete(field);
  }
  if (faults.length > 0) throw new ProfileError("invalid", { faults });
  return checkedDraft(Object.fromEntries(rest));
}

function patched(before: JsonValue, patch: JsonPatch): JsonValue {
  try {
    return applyJsonPatch(before, patch);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    throw new ProfileError("patch-failed", {
      faults: [{ field: `/${error.index}`, reason: error.reason }],
      cause: error,
    });
  }
}

function checkedDraft(value: JsonValue): ProfileDraft {
  if (isNewProfile(value)) return draftOfWire(value);
  const faults = schemaFaults(validateNewProfile.errors ?? []).map(({ pointer, reason }) => ({
    field: pointer,
    reason,
  }));
  throw new ProfileError("invalid", { faults });
}

/** A patched profile has to be one that could be put: the document's own rules for PUT say so. */
function isNewProfile(value: unknown): value is NewProfile {
  return validateNewProfile(value);
}

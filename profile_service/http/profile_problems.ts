import { changed, invalid, notFound, problemTable } from "@archway/service_kit/problem_table.ts";
import type { ProfileErrorCode } from "../domain/profile.ts";

/** Problem types of the profile service, by error code. */
export const profileProblems = problemTable<ProfileErrorCode>({
  "profile-not-found": notFound(
    "profile",
    "No profile with this id exists, or it has been deleted.",
  ),
  "profile-changed": changed("profile"),
  "invalid-profile": invalid("profile"),
  "email-taken": {
    title: "E-mail address already in use",
    status: 409,
    detail:
      "Another profile has this e-mail address. The comparison is case-insensitive; deleting a profile " +
      "frees its address.",
  },
});

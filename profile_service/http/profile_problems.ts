import { changed, invalid, notFound, problemTable } from "@archway/service_kit/problem_table.ts";
import type { ProfileErrorCode } from "../domain/profile.ts";

/** Problem types of the profile service, by error code. */
export const profileProblems = problemTable<ProfileErrorCode>({
  "profile-not-found": notFound(
    "profile",
    "There is no profile with this id: there never was one, or it has been deleted.",
  ),
  "profile-changed": changed("profile"),
  "invalid-profile": invalid("profile"),
  "email-taken": {
    title: "E-mail address taken",
    status: 409,
    detail:
      "Another profile has this e-mail address. Addresses are compared without regard to case; the address " +
      "of a deleted profile is free again.",
  },
});

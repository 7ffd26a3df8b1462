import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";

/** Tables of profiles, with their personal data. */
export const PROFILE_TABLES: readonly TableDeclaration[] = [{
  table: "profiles",
  personal: ["name", "email", "age", "owner"],
  retention: {
    setting: "PROFILE_RETENTION",
    rule: "after the deletion of the profile; the owner until an erasure",
  },
  erasure: "overwritten; the id stays, and the owner while it has other profiles",
}];

import type { Suite } from "@archway/tools/support/conformance/suite.ts";

/** Returns the negative HTTP tests for profiles, without service-specific ones. */
export function conformance(): Suite {
  return {
    list: "/v1/profiles",
    document: "profile",
    sample: { name: "Ada" },
    isLikeContacts: true,
    themes: [],
  };
}

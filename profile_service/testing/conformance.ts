import type { Suite } from "@archway/tools/support/conformance/suite.ts";

/** Negative tests of profiles: those of HTTP in general. */
export function conformance(): Suite {
  return {
    list: "/v1/profiles",
    document: "profile",
    sample: { name: "Ada" },
    isLikeContacts: true,
    themes: [],
  };
}

import type { Suite } from "../../conformance/suite.ts";

/** Negative tests of contacts: those of HTTP in general. */
export function conformance(): Suite {
  return {
    list: "/v1/contacts",
    document: "contact",
    sample: { name: "Ada" },
    isLikeContacts: true,
    themes: [],
  };
}

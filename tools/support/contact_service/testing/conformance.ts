import type { Suite } from "../../conformance/suite.ts";

/** Returns the HTTP conformance tests of contacts: the general ones only. */
export function conformance(): Suite {
  return {
    list: "/v1/contacts",
    document: "contact",
    sample: { name: "Ada" },
    isLikeContacts: true,
    themes: [],
  };
}

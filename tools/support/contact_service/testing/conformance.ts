import type { Suite } from "@archway/conformance/suite.ts";

/** Contacts: their document allows nothing that they refuse. */
export function conformance(): Suite {
  return { document: "contact", isExact: true };
}

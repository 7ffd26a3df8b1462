import type { Suite } from "@archway/conformance/suite.ts";

/** Profiles: their document allows nothing that they refuse. */
export function conformance(): Suite {
  return { document: "profile", isExact: true };
}

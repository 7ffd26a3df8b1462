import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";

const PROOF = { rule: "for good: they prove erasures" };

/** Tables of privacy itself. */
export const PRIVACY_TABLES: readonly TableDeclaration[] = [
  { table: "subject_keys", personal: ["wrapped_key"], retention: PROOF, erasure: "the key is destroyed" },
  { table: "erasures", personal: [], retention: PROOF },
];

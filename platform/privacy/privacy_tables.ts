import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";

const PROOF = { rule: "for good, as proof" };

/** Tables of privacy itself. */
export const PRIVACY_TABLES: readonly TableDeclaration[] = [
  { table: "subject_keys", personal: ["wrapped_key"], retention: PROOF, erasure: "the key is destroyed" },
  { table: "erasures", personal: [], retention: PROOF },
  {
    table: "audit_log",
    personal: ["actor"],
    retention: PROOF,
    erasure: "nothing: it has ids, and subjects of callers",
  },
  { table: "audit_blocks", personal: [], retention: PROOF },
];

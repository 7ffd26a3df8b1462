import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";

const BOOKS = { rule: "as long as books have to be kept" };

/** Tables of payments, with their personal data. */
export const PAYMENT_TABLES: readonly TableDeclaration[] = [
  { table: "accounts", personal: [], retention: BOOKS },
  { table: "entries", personal: [], retention: BOOKS },
  { table: "payments", personal: ["description"], retention: BOOKS, erasure: "null" },
  { table: "refunds", personal: ["description"], retention: BOOKS, erasure: "null" },
];

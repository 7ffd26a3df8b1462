import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";

const BOOKS = { rule: "as long as books have to be kept" };

/** Tables of payments, with their personal data. */
export const PAYMENT_TABLES: readonly TableDeclaration[] = [
  { table: "accounts", personal: [], retention: BOOKS },
  { table: "entries", personal: [], retention: BOOKS },
  { table: "payments", personal: ["description"], retention: BOOKS, erasure: "null" },
  {
    table: "payment_requests",
    personal: ["description", "reference"],
    retention: BOOKS,
    erasure: "null; the reference with the payee's alone, as it is theirs",
  },
  {
    table: "payment_request_references",
    personal: ["owner", "reference"],
    retention: BOOKS,
    erasure: "deleted with those of the payee: the references are free again",
  },
  {
    table: "payment_request_batches",
    personal: ["owner", "metadata"],
    retention: { rule: "a week" },
    erasure: "nothing: a batch belongs to a caller",
  },
  {
    table: "payment_request_batch_items",
    personal: ["terms"],
    retention: { rule: "terms until the item is processed, the rest a week" },
    erasure: "descriptions and references are null",
  },
  { table: "refunds", personal: ["description"], retention: BOOKS, erasure: "null" },
];

import type { CopiedColumn } from "./database_catalog.ts";

/** Types whose values are only valid in their own cluster. */
const TRANSACTION_IDS: ReadonlySet<string> = new Set(["xid8", "xid"]);

/**
 * SQL expression for the value of a column that is copied. A transaction id of the source would name another
 * transaction in the target, or a future one that readers would wait for. All transactions of the source have ended,
 * so their ids become 0, which precedes all others.
 */
export function copiedValue({ name, type }: CopiedColumn): string {
  return TRANSACTION_IDS.has(type) ? `CASE WHEN ${name} IS NOT NULL THEN '0'::${type} END` : name;
}

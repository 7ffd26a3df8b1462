import type { CopiedColumn } from "./database_catalog.ts";

/** Types whose values mean something in their own cluster only. */
const TRANSACTION_IDS: ReadonlySet<string> = new Set(["xid8", "xid"]);

/**
 * What of a column is copied, as SQL. The id of a transaction would stand for another one in the target, or for one that
 * is yet to come, and who waits for the end of that waits in vain. Every transaction of the source has ended, so its id
 * becomes 0, which is before all others.
 */
export function copiedValue({ name, type }: CopiedColumn): string {
  return TRANSACTION_IDS.has(type) ? `CASE WHEN ${name} IS NOT NULL THEN '0'::${type} END` : name;
}

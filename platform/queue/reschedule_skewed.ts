import type { Querier } from "@archway/db/db.ts";
import type { LeaseTable } from "./lease_queue.ts";

/** Options of {@link rescheduleSkewed}. */
export interface RescheduleSkewedOptions {
  readonly nowMs: number;
  /** Maximum number of rows. */
  readonly limit: number;
  /** Condition on rows. @default {"true"} */
  readonly where?: string;
}

/** Maximum clock skew between processes, in milliseconds; beyond it, a clock was set back. */
export const MAX_SKEW_MS = 60_000;

/**
 * Makes rows due that were scheduled by a clock that has been set back since, and would be delayed by as much. Returns
 * how many.
 */
export async function rescheduleSkewed(
  db: Querier,
  { name, key }: LeaseTable,
  { nowMs, limit, where = "true" }: RescheduleSkewedOptions,
): Promise<number> {
  const { rowCount } = await db.query(
    `update ${name} as t set due_at = $1, scheduled_at = $1, lease = null
      from (
        select ${
      key.map(([column]) => column).join(", ")
    } from ${name} where scheduled_at > $2::timestamptz and ${where}
        limit ${limit} for update skip locked
      ) as h where ${key.map(([column]) => `t.${column} = h.${column}`).join(" and ")}`,
    [nowMs, nowMs + MAX_SKEW_MS].map((time) => new Date(time).toISOString()),
  );
  return rowCount;
}

import type { Querier } from "@archway/db/db.ts";
import type { QueueLoad } from "@archway/queue/queue_loads.ts";

const LOAD =
  `select count(*) as waiting, min(created_at) as oldest from webhook_deliveries where state = 'pending'`;

/** Reads the load of pending deliveries. */
export async function pendingLoad(db: Querier): Promise<QueueLoad> {
  const { rows: [row] } = await db.query<{ waiting: bigint; oldest: string | null }>(LOAD);
  return { waiting: Number(row?.waiting ?? 0n), oldest: row?.oldest ?? undefined };
}

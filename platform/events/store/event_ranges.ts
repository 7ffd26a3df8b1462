import type { Querier } from "@archway/db/db.ts";
import type { PositionRange } from "@archway/service_kit/export_definition.ts";

const IN_RANGE = "position > $1 and position <= $2 and ($3::text[] is null or type = any ($3))";

const COUNT = `select count(*) as count from events where ${IN_RANGE}`;

// Of what identifies an event to its receivers. A sum does not depend on the order.
const FINGERPRINT = `select count(*) || ':' || coalesce(sum(hashtextextended(
    stream || '@' || version || '-' || (extract(epoch from recorded_at) * 1000000)::bigint, position)), 0) as fingerprint
  from events where ${IN_RANGE}`;

/** Counts the events in a range of positions, of some types or of all. */
export async function countRange(
  db: Querier,
  { after, until }: PositionRange,
  types: readonly string[] | undefined,
): Promise<bigint> {
  const { rows: [row] } = await db.query<{ count: bigint }>(COUNT, [after, until, types ?? null]);
  return row?.count ?? 0n;
}

/** Returns a text that differs if other events are in a range than before. */
export async function fingerprintRange(
  db: Querier,
  { after, until }: PositionRange,
  types: readonly string[] | undefined,
): Promise<string> {
  const parameters = [after, until, types ?? null];
  const { rows: [row] } = await db.query<{ fingerprint: string }>(FINGERPRINT, parameters);
  return row?.fingerprint ?? "";
}

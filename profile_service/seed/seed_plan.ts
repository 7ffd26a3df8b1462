import { type Timestamp, timestampOf } from "@archway/db/timestamp.ts";

/** What decides every row of a run: the same plan gives the same rows. */
export interface SeedPlan {
  /** How many profiles, 1 or more. */
  readonly profiles: number;
  /** A whole number below 2³². Runs with different ones do not meet: their e-mail addresses have it in the domain. */
  readonly randomSeed: number;
  /** Every profile was created in the two years before this, in microseconds since 1970. */
  readonly until: bigint;
}

/** How many profiles one statement writes: they are all there afterwards, or none. */
export const BATCH_SIZE = 5000;

const TWO_YEARS_US = 2 * 365 * 24 * 3600 * 1e6;

/** How many batches there are; the last one may be smaller. */
export function batchCount({ profiles }: SeedPlan): number {
  return Math.ceil(profiles / BATCH_SIZE);
}

/** The rows of a batch, counted from 0: from the first on, up to and without the last. */
export function batchRange(plan: SeedPlan, batch: number): readonly [first: number, end: number] {
  return [batch * BATCH_SIZE, Math.min((batch + 1) * BATCH_SIZE, plan.profiles)];
}

/**
 * When a row was created: as in a table that has grown, a later row later, spread evenly but for a shift within
 * its share of the time.
 *
 * @param shift From 0 up to 1.
 */
export function createdAt(
  { profiles, until }: SeedPlan,
  row: number,
  { shift }: { shift: number },
): Timestamp {
  const before = Math.ceil(((profiles - row - shift) / profiles) * TWO_YEARS_US);
  return timestampOf(until - BigInt(before));
}

import { type Timestamp, timestampOf } from "@archway/db/timestamp.ts";

/** Parameters of a run; the same plan generates the same rows. */
export interface SeedPlan {
  /** Number of profiles, at least 1. */
  readonly profiles: number;
  /** Integer below 2³². Part of the e-mail domains, so that runs with different seeds do not conflict. */
  readonly randomSeed: number;
  /** End of the two years in which the profiles were created, in microseconds since the Unix epoch. */
  readonly until: bigint;
}

/** Number of profiles per statement, which writes all of them or none. */
export const BATCH_SIZE = 5000;

const TWO_YEARS_US = 2 * 365 * 24 * 3600 * 1e6;

/** Returns the number of batches; the last one may be smaller. */
export function batchCount({ profiles }: SeedPlan): number {
  return Math.ceil(profiles / BATCH_SIZE);
}

/** Returns the range of rows of a batch, from 0, end excluded. */
export function batchRange(plan: SeedPlan, batch: number): readonly [first: number, end: number] {
  return [batch * BATCH_SIZE, Math.min((batch + 1) * BATCH_SIZE, plan.profiles)];
}

/**
 * Returns the creation time of a row. Times increase with the row number as in a table that has grown, evenly
 * distributed except for the shift.
 *
 * @param shift Position within the row's share of the time, from 0 up to 1.
 */
export function createdAt(
  { profiles, until }: SeedPlan,
  row: number,
  { shift }: { shift: number },
): Timestamp {
  const before = Math.ceil(((profiles - row - shift) / profiles) * TWO_YEARS_US);
  return timestampOf(until - BigInt(before));
}

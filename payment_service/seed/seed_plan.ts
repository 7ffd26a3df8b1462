import { timestampOf } from "@archway/db/timestamp.ts";

/** Parameters of a run; the same plan has the same payments. */
export interface PaymentPlan {
  /** Number of payments. */
  readonly payments: number;
  /** Number of accounts of customers, a multiple of 10: see {@link CURRENCIES}. */
  readonly accounts: number;
  /** Seed of the random numbers. */
  readonly randomSeed: number;
  /** Begin of the time in which payments are made, in microseconds since the Unix epoch. */
  readonly from: bigint;
  /** Microseconds from one payment to the next. */
  readonly step: bigint;
}

/** Currency of an account by the last digit of its number. Payments are made between accounts of the same digit. */
export const CURRENCIES: readonly string[] = [
  ...["BRL", "BRL", "BRL", "BRL", "BRL", "BRL", "BRL", "USD", "USD", "EUR"],
];

/** Maximum number of payments of a chunk, which one transaction makes. */
const MAX_CHUNK = 20_000;

/** Number of chunks of small plans: accounts are opened at the begin of each. */
const MIN_CHUNKS = 24;

/** Share of the accounts that are open from the begin on. */
const FIRST_SHARE = 0.3;

/** Part of a plan that one transaction makes. */
export interface Chunk {
  /** First payment, from 0. */
  readonly first: number;
  /** Payment after the last one. */
  readonly end: number;
  /** Accounts that are opened at its begin: from the first number up to the second one, exclusive. */
  readonly opened: readonly [first: number, end: number];
  /** Begin, and that of the next one, in microseconds. */
  readonly from: bigint;
  readonly until: bigint;
}

/** Returns the chunks of a plan, in order. */
export function chunksOf(plan: PaymentPlan): readonly Chunk[] {
  const size = Math.min(MAX_CHUNK, Math.ceil(plan.payments / MIN_CHUNKS));
  const count = Math.ceil(plan.payments / size);
  const chunks: Chunk[] = [];
  for (let index = 0; index < count; index++) {
    const [first, end] = [index * size, Math.min((index + 1) * size, plan.payments)];
    const opened = [chunks.at(-1)?.opened[1] ?? 0, openAt(plan.accounts, (index + 1) / count)] as const;
    const [from, until] = [first, end].map((payment) => plan.from + plan.step * BigInt(payment));
    chunks.push({ first, end, opened, from: from ?? 0n, until: until ?? 0n });
  }
  return chunks;
}

/** Returns the number of accounts that are open in a chunk, at least two of each digit. */
function openAt(accounts: number, share: number): number {
  const tens = accounts / 10;
  return 10 * Math.min(tens, Math.max(2, Math.floor(tens * (FIRST_SHARE + (1 - FIRST_SHARE) * share))));
}

/** Returns the text of a moment for SQL. */
export function momentOf(microseconds: bigint): string {
  return timestampOf(microseconds);
}

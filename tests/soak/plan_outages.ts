/** Something that the service needs or likes to have, and that goes away for a while. */
export interface Outage {
  /** In milliseconds after the load began. */
  readonly at: number;
  /** In milliseconds. */
  readonly lasts: number;
  readonly of: "standby" | "limiter store";
  /** Ended and started again, or stopped where it is and let go on: then connections stay and nothing is answered. */
  readonly how: "restarted" | "frozen";
}

/** In this order, again and again: what makes requests pile up comes first, so that it does not end a half. */
const KINDS = [
  { of: "standby", how: "frozen" },
  { of: "limiter store", how: "frozen" },
  { of: "standby", how: "restarted" },
  { of: "limiter store", how: "restarted" },
] as const;

const SLOT_MS = 30_000;
const LONGEST_MS = 10_000;

/**
 * What goes away and when in a load of that many milliseconds. Both halves are alike, so that they can be compared, and
 * at the end of each all has been back for a while.
 */
export function planOutages(milliseconds: number): readonly Outage[] {
  const rounds = Math.max(1, Math.floor(milliseconds / 2 / KINDS.length / SLOT_MS));
  const count = 2 * rounds * KINDS.length;
  const slot = milliseconds / count;
  const lasts = Math.min(slot / 2, LONGEST_MS);
  return Array.from({ length: count }, (_, index) => {
    const { of, how } = KINDS[index % KINDS.length] ?? KINDS[0];
    return { at: index * slot + slot / 5, lasts, of, how };
  });
}

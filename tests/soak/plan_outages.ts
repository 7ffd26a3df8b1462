/** Outage of a dependency of the service. */
export interface Outage {
  /** Start in milliseconds after that of the load. */
  readonly at: number;
  /** Duration in milliseconds. */
  readonly lasts: number;
  readonly of: "primary" | "standby" | "limiter store";
  /**
   * Kind of outage. "restarted" is stopped and started; "frozen" is paused, so that connections stay open without
   * responses; "silent" loses all packets of the connections that are open, for good; "reconfigured" is a role with
   * unusual settings, whose sessions are ended.
   */
  readonly how: "restarted" | "frozen" | "silent" | "reconfigured";
}

/**
 * Kinds of outages, repeated in this order. Those that make requests pile up come first, so that none is at the end of
 * a half.
 */
const KINDS = [
  { of: "standby", how: "frozen" },
  { of: "primary", how: "silent" },
  { of: "limiter store", how: "frozen" },
  { of: "primary", how: "reconfigured" },
  { of: "standby", how: "restarted" },
  { of: "limiter store", how: "restarted" },
] as const;

const SLOT_MS = 30_000;
const LONGEST_MS = 10_000;

/**
 * Plans the outages of a load of that many milliseconds. Both halves are equal, for comparison, and end with all
 * dependencies available for a while.
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

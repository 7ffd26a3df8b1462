/** Kinds of faults that a history is recorded under. */
export const FAULTS = [
  "worker killed",
  "worker paused",
  "second program killed",
  "primary killed and restarted",
  "primary silent",
  "replica silent",
  "replica behind",
  "clock forward",
  "clock back",
  "failover",
] as const;

/** Kind of a fault. */
export type Fault = (typeof FAULTS)[number];

/** Fault with its time after the start, in milliseconds. */
export interface PlannedFault {
  readonly atMs: number;
  readonly fault: Fault;
}

/** Shortest time from a fault to the next. */
const SHORTEST_MS = 2_500;
/** Longest one, so that long runs have many. */
const LONGEST_MS = 6_000;

/** Returns every kind of fault in random order, again and again, until shortly before the end. */
export function planFaults(
  milliseconds: number,
  { random, kinds = FAULTS }: { readonly random: () => number; readonly kinds?: readonly Fault[] },
): readonly PlannedFault[] {
  const everyMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, milliseconds / (kinds.length + 1)));
  const plan: PlannedFault[] = [];
  let waiting: Fault[] = [];
  for (let atMs = everyMs / 2; atMs < milliseconds - everyMs; atMs += everyMs) {
    if (waiting.length === 0) waiting = [...kinds];
    const [fault] = waiting.splice(Math.floor(random() * waiting.length), 1);
    if (fault !== undefined) plan.push({ atMs: Math.round(atMs), fault });
  }
  return plan;
}

import type { Operation } from "./history.ts";

/** Sequential behaviour of an object. States are small texts, so that they can be compared. */
export interface SequentialModel {
  readonly initial: string;
  /**
   * Returns the state after an operation that begins in `state`; undefined if it cannot have had its outcome there. Of an
   * unknown outcome, only the case is asked for in which it takes effect.
   */
  step(state: string, operation: Operation): string | undefined;
}

/** Result of {@link linearize}. */
export interface Linearization {
  /** "undecided" if the budget was used up. */
  readonly verdict: "linearizable" | "violated" | "undecided";
  /** Final state of an order; of the last one that was tried if there is none. */
  readonly state: string;
}

/** Maximum number of orders that are tried, so that a check ends. */
const BUDGET = 2_000_000;

/** Beginning or end of an operation in a doubly linked list. */
interface Entry {
  readonly operation: Operation;
  readonly bit: bigint;
  /** End of an operation that has one; undefined for an end. */
  readonly end: Entry | undefined;
  readonly isEnd: boolean;
  previous: Entry | undefined;
  next: Entry | undefined;
}

/**
 * Searches for an order of operations that respects real time and the model: each takes effect at one moment between its
 * beginning and its end; one with an unknown outcome at any moment after its beginning, or never. This is the algorithm of
 * Wing and Gong with the memoization of Lowe ("Testing for linearizability", 2017): a state is not visited again with the
 * same set of operations.
 */
export function linearize(
  operations: readonly Operation[],
  { initial, step }: SequentialModel,
  budget = BUDGET,
): Linearization {
  const first = listOf(operations);
  const head: Pick<Entry, "next"> = { next: first };
  const seen = new Set<string>();
  const taken: { readonly entry: Entry; readonly state: string }[] = [];
  let remaining = operations.filter(({ returned }) => returned !== Infinity).length;
  let [state, bits, entry, tried] = [initial, 0n, first, 0];
  while (remaining > 0 && entry !== undefined) {
    if (entry.isEnd) {
      // An operation that has ended fits nowhere before its end: the last choice was wrong.
      const last = taken.pop();
      if (last === undefined) return { verdict: "violated", state };
      state = last.state;
      bits ^= last.entry.bit;
      insert(last.entry, head);
      if (last.entry.end !== undefined) {
        insert(last.entry.end, head);
        remaining++;
      }
      entry = last.entry.next;
      continue;
    }
    const after = step(state, entry.operation);
    const key = after === undefined ? "" : `${(bits | entry.bit).toString(16)} ${after}`;
    if (after === undefined || seen.has(key)) {
      entry = entry.next;
      continue;
    }
    if (++tried > budget) return { verdict: "undecided", state };
    seen.add(key);
    taken.push({ entry, state });
    state = after;
    bits |= entry.bit;
    if (entry.end !== undefined) {
      remove(entry.end, head);
      remaining--;
    }
    remove(entry, head);
    entry = head.next;
  }
  return { verdict: "linearizable", state };
}

/** Returns the first of the beginnings and ends in real time; unknown outcomes have no end. */
function listOf(operations: readonly Operation[]): Entry | undefined {
  const entries = operations.flatMap((operation, index): readonly (readonly [number, Entry])[] => {
    const bit = 1n << BigInt(index);
    const links = { previous: undefined, next: undefined };
    const end = operation.returned === Infinity
      ? undefined
      : { operation, bit, end: undefined, isEnd: true, ...links };
    const begin = { operation, bit, end, isEnd: false, ...links };
    return end === undefined
      ? [[operation.invoked, begin]]
      : [[operation.invoked, begin], [operation.returned, end]];
  }).sort(([one], [other]) => one - other).map(([, entry]) => entry);
  for (const [index, entry] of entries.entries()) {
    entry.previous = entries[index - 1];
    entry.next = entries[index + 1];
  }
  return entries[0];
}

function remove({ previous, next }: Entry, head: { next: Entry | undefined }): void {
  if (previous === undefined) head.next = next;
  else previous.next = next;
  if (next !== undefined) next.previous = previous;
}

/** Undoes {@link remove}; the entry still has its neighbours of that time. */
function insert(entry: Entry, head: { next: Entry | undefined }): void {
  if (entry.previous === undefined) head.next = entry;
  else entry.previous.next = entry;
  if (entry.next !== undefined) entry.next.previous = entry;
}

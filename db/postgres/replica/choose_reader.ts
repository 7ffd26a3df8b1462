/** How a read finds its replica. */
export type ReaderPolicy = "least-loaded" | "random";

/** A server that can be chosen. */
export interface Candidate {
  /** How many of its statements have not been answered yet. */
  readonly inFlight: number;
}

/** How {@link chooseReader} chooses. */
export interface ChooseReaderOptions {
  readonly policy: ReaderPolicy;
  /** A number from 0 to less than 1, as `Math.random` gives. */
  readonly random: () => number;
}

/**
 * Chooses one of the candidates, or undefined where there is none. "least-loaded" draws two and takes the one with
 * fewer statements in flight: nearly as even as asking all of them, and no herd runs to the one that was least
 * loaded a moment ago (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
 */
export function chooseReader<T extends Candidate>(
  candidates: readonly T[],
  { policy, random }: ChooseReaderOptions,
): T | undefined {
  const { length } = candidates;
  if (length < 2) return candidates[0];
  const index = Math.floor(random() * length);
  const first = candidates[index];
  if (policy === "random") return first;
  // One of the others, each as likely.
  const step = 1 + Math.floor(random() * (length - 1));
  const second = candidates[(index + step) % length];
  return first !== undefined && second !== undefined && second.inFlight < first.inFlight ? second : first;
}

import type { Querier } from "../../db.ts";
import type { ReaderPolicy } from "../pool_config.ts";
import type { ReplayProgress } from "./replay_progress.ts";

/** A server that reads can be sent to. */
export interface ReadTarget {
  readonly inFlight: number;
  readonly querier: Querier;
  /** Whether it takes reads, or answers at least. The primary has none: it is asked when there is nobody else. */
  readonly health?: { readonly available: boolean; readonly behind: boolean };
  /** How far it has replayed; the primary has none. */
  readonly progress?: Pick<ReplayProgress, "covers" | "isOn" | "reached">;
  /** Tells that a read on `querier` found it unusable. */
  fault(querier: Querier): void;
}

/** Where a read goes. */
export interface Route {
  /** Whether a reader may stay with the server of its last read. */
  keeps(target: ReadTarget): boolean;
  /** Where a read begins. */
  first(): ReadTarget;
  /** Where a read goes on that has failed where it was; undefined: nowhere. */
  next(tried: readonly ReadTarget[]): ReadTarget | undefined;
}

/** Sends reads to replicas that take them, to the primary where there are none. */
export class ReaderRouter implements Route {
  readonly primary: ReadTarget;
  readonly #replicas: readonly ReadTarget[];
  readonly #options: ChooseReaderOptions;
  #available: readonly ReadTarget[] = [];

  constructor(primary: ReadTarget, replicas: readonly ReadTarget[], options: ChooseReaderOptions) {
    this.primary = primary;
    this.#replicas = replicas;
    this.#options = options;
  }

  /** Takes note that the health of a replica has changed. */
  refresh(): void {
    this.#available = this.#replicas.filter(({ health }) => health?.available);
  }

  keeps({ health }: ReadTarget): boolean {
    return health?.available === true;
  }

  first(): ReadTarget {
    return chooseReader(this.#available, this.#options) ?? this.primary;
  }

  /** One of the replicas that take reads and that suit the caller, chosen by policy. */
  choose(suits: (target: ReadTarget) => boolean): ReadTarget | undefined {
    return chooseReader(this.#available.filter(suits), this.#options);
  }

  /**
   * Once to another replica, then to the primary. Where that fails too, to a replica that is only behind: while the
   * primary is lost, nothing newer can be read.
   */
  next(tried: readonly ReadTarget[]): ReadTarget | undefined {
    const isFresh = (target: ReadTarget): boolean => !tried.includes(target);
    if (tried.length < 2) {
      const other = this.choose(isFresh);
      if (other !== undefined) return other;
    }
    if (isFresh(this.primary)) return this.primary;
    return tried.at(-1) === this.primary
      ? this.#replicas.find((replica) => replica.health?.behind && isFresh(replica))
      : undefined;
  }
}

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

import type { Querier, QueryOptions } from "../../db.ts";
import type { ReaderPolicy } from "../pool_config.ts";
import type { ReplicaHealth } from "./replica_health.ts";
import type { ReplayProgress } from "./replay_progress.ts";

/** Server that reads can be sent to. */
export interface ReadTarget {
  readonly inFlight: number;
  readonly querier: Querier;
  /** Health of a replica. The primary has none, as it is the last resort. */
  readonly health?: Pick<ReplicaHealth, "available" | "behind" | "first">;
  /** Replay progress; the primary has none. */
  readonly progress?: Pick<ReplayProgress, "covers" | "isOn" | "reached">;
  /** Reports that a read on `querier` failed because the server is unusable. */
  reportFailure(querier: Querier): void;
}

/** Order of the servers for a read. */
export interface Route {
  /** Whether a reader may stay with the server of its last read. */
  canStay(target: ReadTarget): boolean;
  /** Returns the first server of a read. */
  first(): ReadTarget;
  /** Returns the next server after failures; undefined if there is none. */
  next(tried: readonly ReadTarget[]): ReadTarget | undefined;
}

/** Route to available replicas, otherwise to the primary. */
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

  /** Updates the available replicas after a change of health. */
  refresh(): void {
    this.#available = this.#replicas.filter(({ health }) => health?.available);
  }

  /** Waits until a replica is available, the first probe of each has failed, or the signal aborts. Never rejects. */
  async probed({ signal }: QueryOptions = {}): Promise<void> {
    if (this.#available.length > 0 || signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    const probes = this.#replicas.map(async ({ health }) => {
      await health?.first();
      if (health?.available) end();
    });
    signal?.addEventListener("abort", end);
    await Promise.race([promise, Promise.all(probes)]);
    signal?.removeEventListener("abort", end);
  }

  canStay({ health }: ReadTarget): boolean {
    return health?.available === true;
  }

  first(): ReadTarget {
    return chooseReader(this.#available, this.#options) ?? this.primary;
  }

  /** Chooses an available replica that satisfies a condition, by policy. */
  choose(suits: (target: ReadTarget) => boolean): ReadTarget | undefined {
    return chooseReader(this.#available.filter(suits), this.#options);
  }

  /**
   * Returns another replica once, then the primary. If that fails too, returns a replica that is too far behind: while
   * the primary is lost, nothing newer can be read.
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

/** Server that can be chosen. */
export interface Candidate {
  /** Number of its statements without a response yet. */
  readonly inFlight: number;
}

/** Options of {@link chooseReader}. */
export interface ChooseReaderOptions {
  readonly policy: ReaderPolicy;
  /** Returns a number from 0 to less than 1, like `Math.random`. */
  readonly random: () => number;
}

/**
 * Chooses a candidate; undefined if there is none. "least-loaded" takes the better of two random candidates, which
 * balances almost as well as comparing all of them and avoids a herd towards the least loaded one (Mitzenmacher, "The
 * Power of Two Choices in Randomized Load Balancing", 2001).
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
  // One of the others, with equal probability.
  const step = 1 + Math.floor(random() * (length - 1));
  const second = candidates[(index + step) % length];
  return first !== undefined && second !== undefined && second.inFlight < first.inFlight ? second : first;
}

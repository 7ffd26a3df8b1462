import type { QueryOptions, WalPosition } from "../../db.ts";
import type { ReaderRouter, ReadTarget, Route } from "./reader_router.ts";

/** What a {@link CoveringRoute} leads to. */
export interface CoveringRouteOptions {
  /** What has to be seen. */
  readonly after: WalPosition;
  /** How long a replica is waited for, in milliseconds. */
  readonly maxWaitMs: number;
}

/** Sends reads to replicas that show everything before a position, to the primary where none does. */
export class CoveringRoute implements Route {
  readonly #router: ReaderRouter;
  readonly #options: CoveringRouteOptions;

  constructor(router: ReaderRouter, options: CoveringRouteOptions) {
    this.#router = router;
    this.#options = options;
  }

  /** Where no replica is known to cover the position, waits until one of them does or the time is over. */
  async prepare({ signal }: QueryOptions = {}): Promise<void> {
    const { after, maxWaitMs } = this.#options;
    if (this.#router.choose(this.#covers) !== undefined) return;
    const follower = this.#router.choose(({ progress }) => progress?.isOn(after.timeline) === true);
    await follower?.progress?.reached(after, { timeoutMs: maxWaitMs, ...(signal && { signal }) });
  }

  keeps(target: ReadTarget): boolean {
    return this.#router.keeps(target) && this.#covers(target);
  }

  first(): ReadTarget {
    return this.#router.choose(this.#covers) ?? this.#router.primary;
  }

  /** To the replicas that cover it and to the primary; never to one that does not. */
  next(tried: readonly ReadTarget[]): ReadTarget | undefined {
    const { primary } = this.#router;
    if (tried.includes(primary)) return undefined;
    return this.#router.choose((target) => !tried.includes(target) && this.#covers(target)) ?? primary;
  }

  readonly #covers = ({ progress }: ReadTarget): boolean => progress?.covers(this.#options.after) === true;
}

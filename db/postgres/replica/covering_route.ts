import type { QueryOptions, WalPosition } from "../../db.ts";
import type { ReaderRouter, ReadTarget, Route } from "./reader_router.ts";

/** Options of a {@link CoveringRoute}. */
export interface CoveringRouteOptions {
  /** Position whose preceding commits must be visible. */
  readonly after: WalPosition;
  /** Maximum wait for a replica in milliseconds. */
  readonly maxWaitMs: number;
}

/** Route to replicas that show everything before a position, otherwise to the primary. */
export class CoveringRoute implements Route {
  readonly #router: ReaderRouter;
  readonly #options: CoveringRouteOptions;

  constructor(router: ReaderRouter, options: CoveringRouteOptions) {
    this.#router = router;
    this.#options = options;
  }

  /** Waits until a replica covers the position, if none does yet, or until the timeout. */
  async prepare({ signal }: QueryOptions = {}): Promise<void> {
    const { after, maxWaitMs } = this.#options;
    if (this.#router.choose(this.#covers) !== undefined) return;
    const follower = this.#router.choose(({ progress }) => progress?.isOn(after.timeline) === true);
    await follower?.progress?.reached(after, { timeoutMs: maxWaitMs, ...(signal && { signal }) });
  }

  canStay(target: ReadTarget): boolean {
    return this.#router.canStay(target) && this.#covers(target);
  }

  first(): ReadTarget {
    return this.#router.choose(this.#covers) ?? this.#router.primary;
  }

  /** Returns another replica that covers the position, or the primary; never one that does not. */
  next(tried: readonly ReadTarget[]): ReadTarget | undefined {
    const { primary } = this.#router;
    if (tried.includes(primary)) return undefined;
    return this.#router.choose((target) => !tried.includes(target) && this.#covers(target)) ?? primary;
  }

  readonly #covers = ({ progress }: ReadTarget): boolean => progress?.covers(this.#options.after) === true;
}

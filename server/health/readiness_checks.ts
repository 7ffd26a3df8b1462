import type { HealthCheck, ReadinessCheck } from "../health.ts";

/** How long what the checks have told is good for, in milliseconds: however often somebody asks, they run no oftener. */
const GOOD_FOR_MS = 250;

/**
 * Runs the checks of readiness for whoever asks. Those who ask at the same time, or soon after one another, get one
 * answer: health may be asked by anybody as often as they like, and is not to be work for the database each time.
 */
export class ReadinessChecks {
  readonly #checks: readonly ReadinessCheck[];
  readonly #now: () => number;
  #running: Promise<readonly HealthCheck[]> | undefined;
  #told: { readonly checks: readonly HealthCheck[]; readonly at: number } | undefined;

  constructor(checks: readonly ReadinessCheck[], now: () => number = () => performance.now()) {
    this.#checks = checks;
    this.#now = now;
  }

  /** What the checks tell now. Rejects with the signal's reason when that aborts first. */
  async run(signal: AbortSignal): Promise<readonly HealthCheck[]> {
    if (this.#told !== undefined && this.#now() - this.#told.at < GOOD_FOR_MS) return this.#told.checks;
    this.#running ??= this.#run().finally(() => this.#running = undefined);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([this.#running, aborted]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async #run(): Promise<readonly HealthCheck[]> {
    const checks = (await Promise.all(this.#checks.map(outcome))).flat();
    this.#told = { checks, at: this.#now() };
    return checks;
  }
}

async function outcome(check: ReadinessCheck, index: number): Promise<readonly HealthCheck[]> {
  try {
    return await check();
  } catch {
    return [{ name: `check_${index}`, status: "unavailable", reason: "The check failed" }];
  }
}

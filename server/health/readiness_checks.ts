import type { HealthCheck, ReadinessCheck } from "../health.ts";

/** Time for which results are reused, in milliseconds, which bounds the rate of the checks. */
const REUSE_MS = 250;

/**
 * Runs the readiness checks. Concurrent and closely following callers share one result, because health endpoints are
 * public and must not cause database load with every request.
 */
export class ReadinessChecks {
  readonly #checks: readonly ReadinessCheck[];
  readonly #now: () => number;
  #running: Promise<readonly HealthCheck[]> | undefined;
  #last: { readonly checks: readonly HealthCheck[]; readonly at: number } | undefined;

  constructor(checks: readonly ReadinessCheck[], now: () => number = () => performance.now()) {
    this.#checks = checks;
    this.#now = now;
  }

  /** Returns the current results; rejects with the signal's reason if it aborts first. */
  async run(signal: AbortSignal): Promise<readonly HealthCheck[]> {
    if (this.#last !== undefined && this.#now() - this.#last.at < REUSE_MS) return this.#last.checks;
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
    this.#last = { checks, at: this.#now() };
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

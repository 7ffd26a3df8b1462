/** Minimum duration for which buffered jobs suffice, in milliseconds. */
const BUFFERED_MS = 50;

/** Number of claims for whose duration buffered jobs suffice: on a busy server, a claim takes longer. */
const BUFFERED_CLAIMS = 4;

/** Maximum number of buffered jobs. */
const MAX_BUFFERED = 500;

/**
 * Number of jobs to claim in advance, by the rate at which they end: as many as are run during the next claims. Of jobs
 * that take long none is claimed in advance, so that other workers can run it.
 */
export class BufferSize {
  #target = 0;
  #rate = 0;
  #ended = 0;
  #since = performance.now();
  #claimMs = 0;

  /** Number of jobs to claim in advance. */
  get target(): number {
    return this.#target;
  }

  /** Counts the end of a job. */
  count(): void {
    this.#ended++;
  }

  /** Records the duration of a claim, in milliseconds. */
  claimed(durationMs: number): void {
    this.#claimMs = (this.#claimMs + durationMs) / 2;
  }

  /** Measures the rate since the last call. */
  measure(): void {
    const now = performance.now();
    const rate = this.#ended / Math.max(now - this.#since, 1);
    this.#rate = (this.#rate + rate) / 2;
    const bufferedMs = Math.max(BUFFERED_MS, BUFFERED_CLAIMS * this.#claimMs);
    this.#target = Math.min(Math.floor(this.#rate * bufferedMs), MAX_BUFFERED);
    this.#ended = 0;
    this.#since = now;
  }
}

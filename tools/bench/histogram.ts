/** The longest duration that has a bucket of its own, in microseconds. */
const BUCKETS = 1_000_000;

/** Durations in buckets of one microsecond, so that percentiles are exact; longer than a second, which is rare, each alone. */
export class Histogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  readonly #longer: number[] = [];
  #count = 0;

  /** Number of recorded durations. */
  get count(): number {
    return this.#count;
  }

  /** @param duration In microseconds, zero or more; the fraction is truncated. */
  record(duration: number): void {
    const bucket = Math.trunc(duration);
    if (bucket < BUCKETS) this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    else this.#longer.push(bucket);
    this.#count++;
  }

  /**
   * The smallest recorded duration that at least `percent` per cent of all do not exceed (nearest rank), in
   * microseconds; 0 when nothing was recorded.
   *
   * @param percent Above 0, at most 100.
   */
  percentile(percent: number): number {
    if (this.#count === 0) return 0;
    let rank = Math.ceil(percent * this.#count / 100);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      rank -= this.#buckets[bucket] ?? 0;
      if (rank <= 0) return bucket;
    }
    return this.#longer.toSorted((a, b) => a - b)[rank - 1] ?? 0;
  }
}

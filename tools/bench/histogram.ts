/** Recorded durations, truncated to microseconds. */
export class Histogram {
  readonly #durations: number[] = [];

  /** Number of recorded durations. */
  get count(): number {
    return this.#durations.length;
  }

  /** @param duration In microseconds. */
  record(duration: number): void {
    this.#durations.push(Math.trunc(duration));
  }

  /** Returns the percentile by nearest rank, in microseconds; 0 if nothing was recorded. @param percent Above 0. */
  percentile(percent: number): number {
    const rank = Math.ceil(percent * this.count / 100);
    return Float64Array.from(this.#durations).sort()[rank - 1] ?? 0;
  }
}

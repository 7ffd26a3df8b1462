import { median } from "@archway/tools/bench/compare.ts";
import { linearSlope, type Point } from "./linear_slope.ts";

/** Trend of a value over a run. */
export interface Trend {
  /** Medians of the quarters of the run. */
  readonly quarters: readonly number[];
  /** Minimums of the quarters. */
  readonly minimums: readonly number[];
  /** Slope of the line through the second half, per minute. */
  readonly slope: number;
  /** Relative rise of that line in the second half; 0.1 is 10 %. */
  readonly growth: number;
  /** Whether the value keeps growing: see {@link trendOf}. */
  readonly grows: boolean;
}

/** Rise that cannot be distinguished from noise in a run that is long enough. */
const TOLERATED = 0.1;

/**
 * Numerator of the tolerance in shorter runs. Old JavaScript garbage is collected about every 20 seconds and counts as
 * used memory until then, so runs of three minutes are long enough.
 */
const TOLERATED_SECONDS = 18;

/**
 * Determines the trend of a series with x in seconds. It grows if the line through the second half rises by more than the
 * tolerance, and the last quarter exceeds the third by more than half of that, as with a leak. Either alone can result
 * from a single garbage collection.
 */
export function trendOf(points: readonly Point[]): Trend {
  const length = points.at(-1)?.x ?? 0;
  const within = (from: number, to: number): readonly Point[] =>
    points.filter(({ x }) => x >= from * length && (x < to * length || to === 1));
  const level = (part: readonly Point[]): number => median(part.map(({ y }) => y));
  const parts = [0, 0.25, 0.5, 0.75].map((from) => within(from, from + 0.25));
  const quarters = parts.map(level);
  const minimums = parts.map((part) => Math.min(...part.map(({ y }) => y)));
  const half = within(0.5, 1);
  const slope = linearSlope(half);
  const growth = slope * length / 2 / level(half);
  const [, , third = NaN, fourth = NaN] = quarters;
  const tolerated = Math.max(TOLERATED, TOLERATED_SECONDS / length);
  const grows = growth > tolerated && fourth > third * (1 + tolerated / 2);
  return { quarters, minimums, slope: slope * 60, growth, grows };
}

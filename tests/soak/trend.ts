import { median } from "@archway/tools/bench/median.ts";
import { linearSlope, type Point } from "./linear_slope.ts";

/** What a value did over a run. */
export interface Trend {
  /** The medians of the four quarters of the run. */
  readonly quarters: readonly number[];
  /** The least values of them. */
  readonly leasts: readonly number[];
  /** Of the line through the second half, for a minute. */
  readonly slope: number;
  /** By how much of its size that line rises from the middle of the run to its end; 0.1 is a tenth. */
  readonly growth: number;
  /** Whether it goes on growing: see {@link trendOf}. */
  readonly grows: boolean;
}

/** A rise that is smaller is not told from noise, in a run that is long enough. */
const TOLERATED = 0.1;

/**
 * In a shorter run a larger one is not, either: the old garbage of JavaScript is collected every twenty seconds or so,
 * and until then it is memory like any other. So three minutes are long enough.
 */
const TOLERATED_SECONDS = 18;

/**
 * Looks at a value that was read again and again; x is in seconds. It grows if the line through the second half rises by
 * more than is tolerated and the last quarter is above the third by more than half of that, as it has to be where
 * something is never given back: either alone also comes of one collection of garbage more or less.
 */
export function trendOf(points: readonly Point[]): Trend {
  const length = points.at(-1)?.x ?? 0;
  const within = (from: number, to: number): readonly Point[] =>
    points.filter(({ x }) => x >= from * length && (x < to * length || to === 1));
  const level = (part: readonly Point[]): number => median(part.map(({ y }) => y));
  const parts = [0, 0.25, 0.5, 0.75].map((from) => within(from, from + 0.25));
  const quarters = parts.map(level);
  const leasts = parts.map((part) => Math.min(...part.map(({ y }) => y)));
  const half = within(0.5, 1);
  const slope = linearSlope(half);
  const growth = slope * length / 2 / level(half);
  const [, , third = NaN, fourth = NaN] = quarters;
  const tolerated = Math.max(TOLERATED, TOLERATED_SECONDS / length);
  const grows = growth > tolerated && fourth > third * (1 + tolerated / 2);
  return { quarters, leasts, slope: slope * 60, growth, grows };
}

import { median } from "./median.ts";
import { type Metric, METRICS, type Sample } from "./metrics.ts";

/** A measurement that is compared with others. */
export interface Variant {
  readonly name: string;
  /** Measures for about so long. */
  measure(milliseconds: number): Promise<Sample>;
  /** Whether it is measured once before the first round. @default {true} */
  readonly warmsUp?: boolean;
}

/** Options of {@link alternate}. */
export interface AlternateOptions {
  readonly rounds: number;
  /** Duration of each measurement in a round. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** Whether every round begins with the first variant, as each depends on the one before. @default {false} */
  readonly inOrder?: boolean;
}

/**
 * Measures variants in alternating rounds, never two at once, after a warm-up of at most a second.
 *
 * @returns the samples of each variant, round by round.
 */
export async function alternate(
  variants: readonly Variant[],
  { rounds, seconds, signal, inOrder = false }: AlternateOptions,
): Promise<readonly (readonly Sample[])[]> {
  for (const variant of variants) {
    signal.throwIfAborted();
    if (variant.warmsUp ?? true) await variant.measure(Math.min(1, seconds) * 1000);
  }
  const turns = variants.map((variant) => ({ variant, samples: new Array<Sample>() }));
  for (let round = 0; round < rounds; round++) {
    // Another variant goes first each time, so that a trend or drift burdens none.
    const first = inOrder ? 0 : round % turns.length;
    for (const { variant, samples } of [...turns.slice(first), ...turns.slice(0, first)]) {
      signal.throwIfAborted();
      samples.push(await variant.measure(seconds * 1000));
    }
  }
  return turns.map(({ samples }) => samples);
}

/** Values of all rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Spreads by metric; without metrics that are unknown on this system. */
type Figures = Readonly<Partial<Record<Metric, Spread>>>;

/** Figures of one variant. */
export interface Result {
  readonly name: string;
  readonly figures: Figures;
  /** Ratios to other variants in the same round, by their name. */
  readonly ratios: Readonly<Record<string, Figures>>;
}

/** Options of {@link resultsOf}. */
export interface ResultOptions {
  /** Names of the variants that the others are compared with. */
  readonly bases: readonly string[];
  /** Metrics that are compared. */
  readonly compared: readonly Metric[];
}

/** Returns medians and spreads of variants, and of their ratios round by round. */
export function resultsOf(
  samples: Readonly<Record<string, readonly Sample[]>>,
  { bases, compared }: ResultOptions,
): readonly Result[] {
  return Object.entries(samples).map(([name, rounds]) => {
    const ratio = (base: string) => (metric: Metric, round: number): number =>
      (rounds[round]?.[metric] ?? NaN) / (samples[base]?.[round]?.[metric] ?? NaN);
    const figuresOf = (
      metrics: readonly Metric[],
      value: (metric: Metric, round: number) => number,
    ): Figures =>
      Object.fromEntries(metrics.flatMap((metric) => {
        const values = rounds.map((_, round) => value(metric, round));
        return values.some(Number.isNaN) ? [] : [[metric, spreadOf(values)]];
      }));
    return {
      name,
      figures: figuresOf(
        METRICS.map(({ metric }) => metric),
        (metric, round) => rounds[round]?.[metric] ?? NaN,
      ),
      ratios: Object.fromEntries(bases.map((base) => [base, figuresOf(compared, ratio(base))])),
    };
  });
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

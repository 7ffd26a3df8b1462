import { median } from "./median.ts";
import { type Metric, METRICS, type Sample } from "./metrics.ts";

const NAMES = METRICS.map(({ metric }) => metric);

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
export type Figures = Readonly<Partial<Record<Metric, Spread>>>;

/** Figures of one variant. */
export interface Result {
  readonly name: string;
  readonly figures: Figures;
  /** Ratios to other variants in the same round, by their name. */
  readonly ratios: Readonly<Record<string, Figures>>;
}

/** Options of {@link resultsOf}. */
export interface ResultOptions {
  /** Row that the variants belong to; part of the names of the results if not empty. */
  readonly row: string;
  /** Names of the variants that the others are compared with. */
  readonly bases: readonly string[];
  /** Metrics that are compared. */
  readonly compared: readonly Metric[];
}

/** Returns medians and spreads of variants, and of their ratios round by round. */
export function resultsOf(
  rounds: readonly { readonly name: string; readonly samples: readonly Sample[] }[],
  { row, bases, compared }: ResultOptions,
): readonly Result[] {
  return rounds.map(({ name, samples }) => ({
    name: row === "" ? name : `${row}, ${name}`,
    figures: figuresOf(samples, NAMES),
    ratios: Object.fromEntries(bases.map((base) => {
      const others = rounds.find((variant) => variant.name === base)?.samples ?? [];
      return [base, figuresOf(ratiosOf(samples, others), compared)];
    })),
  }));
}

function ratiosOf(samples: readonly Sample[], base: readonly Sample[]): readonly Sample[] {
  return samples.map((sample, round) =>
    Object.fromEntries(NAMES.map((name) => [name, (sample[name] ?? NaN) / (base[round]?.[name] ?? NaN)]))
  );
}

function figuresOf(samples: readonly Sample[], metrics: readonly Metric[]): Figures {
  return Object.fromEntries(metrics.flatMap((metric) => {
    const values = samples.map((sample) => sample[metric] ?? NaN);
    return values.some(Number.isNaN) ? [] : [[metric, spreadOf(values)]];
  }));
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

import type { BenchRun } from "./bench_run.ts";
import { type Metric, METRICS, type Sample } from "./metrics.ts";
import { progress } from "./progress.ts";

/** A measurement that is compared with others. */
export interface Variant {
  readonly name: string;
  /** Measures for about so long. */
  measure(milliseconds: number): Promise<Sample>;
  /** Whether it is measured once before the first round. @default {true} */
  readonly warmsUp?: boolean;
}

/** Metrics that are compared if a scenario names no others. */
const COMPARED: readonly Metric[] = [
  "processorTime",
  "requestTime",
  "requestsPerSecond",
  "p50",
  "p99",
  "memoryAfterLoad",
];

/** Options of {@link compare}. */
export interface CompareOptions {
  /** Row that the variants belong to. @default none */
  readonly row?: string;
  /** Names of the variants that the others are compared with. @default the first one */
  readonly bases?: readonly string[];
  /** @default COMPARED */
  readonly compared?: readonly Metric[];
  /** Whether every round begins with the first variant, as each depends on the one before. @default {false} */
  readonly inOrder?: boolean;
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

/** Measures variants in alternating rounds, never two at once, after a warm-up of at most a second. */
export async function compare(
  { settings: { rounds = 1, seconds = 0 }, signal }: Pick<BenchRun, "settings" | "signal">,
  variants: readonly Variant[],
  { row, bases = variants.slice(0, 1).map(({ name }) => name), compared = COMPARED, inOrder = false }:
    CompareOptions = {},
): Promise<readonly Result[]> {
  progress(`Measuring: ${row ?? variants.map(({ name }) => name).join("; ")}`);
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
  return turns.map(({ variant: { name }, samples }) => ({
    name: row === undefined ? name : `${row}, ${name}`,
    figures: figuresOf(samples, METRICS.map(({ metric }) => metric)),
    ratios: Object.fromEntries(bases.map((base) => {
      const others = turns.find(({ variant }) => variant.name === base)?.samples ?? [];
      return [base, figuresOf(samples.map((sample, round) => ratio(sample, others[round])), compared)];
    })),
  }));
}

function ratio(sample: Sample, base: Sample = {}): Sample {
  return Object.fromEntries(
    METRICS.map(({ metric }) => [metric, (sample[metric] ?? NaN) / (base[metric] ?? NaN)]),
  );
}

function figuresOf(samples: readonly Sample[], metrics: readonly Metric[]): Figures {
  return Object.fromEntries(metrics.flatMap((metric) => {
    const values = samples.map((sample) => sample[metric] ?? NaN);
    const spread = { median: median(values), min: Math.min(...values), max: Math.max(...values) };
    return values.some(Number.isNaN) ? [] : [[metric, spread]];
  }));
}

/** Returns the middle of the values, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle - 1)] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

import { Histogram } from "@archway/tools/bench/histogram.ts";
import type { Answer, Call, Kind } from "./call.ts";

/** What requests of one kind were answered with. */
export interface KindCount {
  readonly kind: Kind;
  /** How often each status came. */
  readonly statuses: Readonly<Record<string, number>>;
  /** From when they were due until they were answered, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** All that clients saw. */
export interface Totals {
  readonly answered: number;
  readonly kinds: readonly KindCount[];
  /** Refusals for a documented reason, 503 with Retry-After, by type of problem; how often. */
  readonly refused: Readonly<Record<string, number>>;
  /** What should not have been answered, by request, status and type of problem; how often. */
  readonly wrong: Readonly<Record<string, number>>;
  /** Requests without an answer, by reason; how often. */
  readonly broken: Readonly<Record<string, number>>;
}

interface Entry {
  readonly statuses: Record<string, number>;
  readonly times: Histogram;
}

/** Counts answers, and looks whether they are those that their requests may have. */
export class Tally {
  readonly #kinds = new Map<Kind, Entry>();
  readonly #wrong: Record<string, number> = {};
  readonly #broken: Record<string, number> = {};
  readonly #refused: Record<string, number> = {};
  #answered = 0;

  answer(
    { kind, method, expected, etag }: Call,
    { status, headers, body }: Answer,
    milliseconds: number,
  ): void {
    const entry = this.#kinds.get(kind) ?? { statuses: {}, times: new Histogram() };
    this.#kinds.set(kind, entry);
    this.#answered++;
    add(entry.statuses, String(status));
    entry.times.record(milliseconds * 1000);
    if (status === expected) {
      if (etag !== undefined && headers.get("etag") !== etag) {
        add(this.#wrong, `${kind}, ${method}: another version`);
      }
    } else if (status === 503 && headers.has("retry-after")) add(this.#refused, problemOf(body));
    else add(this.#wrong, `${kind}, ${method}: ${status} ${problemOf(body)}`.trimEnd());
  }

  breakOff({ kind, method }: Call, reason: string): void {
    add(this.#broken, `${kind}, ${method}: ${reason}`);
  }

  totals(): Totals {
    const kinds = [...this.#kinds].map(([kind, { statuses, times }]) => ({
      kind,
      statuses: { ...statuses },
      p50: times.percentile(50) / 1000,
      p99: times.percentile(99) / 1000,
    })).toSorted((a, b) => a.kind < b.kind ? -1 : 1);
    return {
      answered: this.#answered,
      kinds,
      refused: { ...this.#refused },
      wrong: { ...this.#wrong },
      broken: { ...this.#broken },
    };
  }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** The last part of the problem's type, for people. */
function problemOf(body: string): string {
  return /"type":"\/problems\/([a-z-]+)"/.exec(body)?.[1] ?? "";
}

import { Histogram } from "@archway/tools/bench/histogram.ts";
import type { Call, CallResponse, Kind } from "./call.ts";

/** Responses to requests of one kind. */
export interface KindCount {
  readonly kind: Kind;
  /** Number of responses by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Latency from the due time to the response, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Results of all clients. */
export interface Totals {
  readonly responses: number;
  readonly kinds: readonly KindCount[];
  /** Number of documented rejections by problem type: 503 with Retry-After, or of an unknown outcome. */
  readonly refused: Readonly<Record<string, number>>;
  /** Number of unexpected responses by request, status and problem type. */
  readonly wrong: Readonly<Record<string, number>>;
  /** Number of requests without a response by reason. */
  readonly broken: Readonly<Record<string, number>>;
}

interface Entry {
  readonly statuses: Record<string, number>;
  readonly times: Histogram;
}

/** Problem of a write whose connection was lost: clients read first, instead of repeating it after a while. */
const UNKNOWN = "outcome-unknown";

/** Counts responses and checks whether they are expected. */
export class Tally {
  readonly #kinds = new Map<Kind, Entry>();
  readonly #wrong: Record<string, number> = {};
  readonly #broken: Record<string, number> = {};
  readonly #refused: Record<string, number> = {};
  #responses = 0;

  record(
    { kind, method, expected, etag }: Call,
    { status, headers, body }: CallResponse,
    milliseconds: number,
  ): void {
    const entry = this.#kinds.get(kind) ?? { statuses: {}, times: new Histogram() };
    this.#kinds.set(kind, entry);
    this.#responses++;
    add(entry.statuses, String(status));
    entry.times.record(milliseconds * 1000);
    if (status === expected) {
      if (etag !== undefined && headers.get("etag") !== etag) {
        add(this.#wrong, `${kind}, ${method}: another version`);
      }
    } else if (
      status === 503 && (headers.has("retry-after") || (method !== "GET" && problemOf(body) === UNKNOWN))
    ) {
      add(this.#refused, problemOf(body));
    } else add(this.#wrong, `${kind}, ${method}: ${status} ${problemOf(body)}`.trimEnd());
  }

  recordFailure({ kind, method }: Call, reason: string): void {
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
      responses: this.#responses,
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

/** Returns the last part of the problem type. */
function problemOf(body: string): string {
  return /"type":"\/problems\/([a-z-]+)"/.exec(body)?.[1] ?? "";
}

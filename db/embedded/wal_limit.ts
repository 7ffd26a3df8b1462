import { join } from "node:path";

/** Options of a {@link WalLimit}. */
export interface WalLimitOptions {
  /**
   * Segments of write-ahead log after which a checkpoint is due, of 1 MB each. A start after a crash replays about 20 a
   * second.
   *
   * @default 16
   */
  readonly segments?: number;
  /**
   * Age of the last checkpoint after which the next is due, in milliseconds.
   *
   * @default 300_000
   */
  readonly ageMs?: number;
  /** Current time in milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** Interval between two looks at the folder, in milliseconds. */
const intervalMs = 20;

/** A name is a timeline, and the number of the segment in two parts, of eight hexadecimal digits each. */
const SEGMENT = /^[0-9A-F]{8}([0-9A-F]{8}[0-9A-F]{8})$/;

/**
 * Decides when a checkpoint is due, by the files of the write-ahead log. PGlite has no process that makes checkpoints,
 * and a query for the position would take a snapshot in the transaction of a client. Segments must not be recycled,
 * since their names would be ahead of the position.
 */
export class WalLimit {
  readonly #folder: string;
  readonly #segments: number;
  readonly #ageMs: number;
  readonly #now: () => number;
  #first: bigint;
  #checkpointAt: number;
  #lookedAt: number;
  #isUsed = false;

  constructor(
    cluster: string,
    { segments = 16, ageMs = 300_000, now = () => performance.now() }: WalLimitOptions = {},
  ) {
    this.#folder = join(cluster, "pg_wal");
    this.#segments = segments;
    this.#ageMs = ageMs;
    this.#now = now;
    this.#first = this.#newest();
    this.#checkpointAt = this.#lookedAt = now();
  }

  /** Notes that statements were executed, and returns whether a checkpoint is due. */
  use(): boolean {
    this.#isUsed = true;
    return this.isDue();
  }

  /** Whether a checkpoint is due. */
  isDue(): boolean {
    const now = this.#now();
    if (!this.#isUsed || now - this.#lookedAt < intervalMs) return false;
    this.#lookedAt = now;
    return now - this.#checkpointAt >= this.#ageMs || this.#newest() - this.#first >= this.#segments;
  }

  /** Notes that a checkpoint was made, or attempted. */
  checkpointed(): void {
    this.#isUsed = false;
    this.#checkpointAt = this.#lookedAt = this.#now();
    this.#first = this.#newest();
  }

  /** Returns the number of the newest segment. */
  #newest(): bigint {
    let newest = "0";
    for (const { name } of Deno.readDirSync(this.#folder)) {
      const number = SEGMENT.exec(name)?.[1];
      if (number !== undefined && number > newest) newest = number;
    }
    // The lower part counts the segments of 4 GB, 4096 of 1 MB.
    return BigInt(`0x${newest.slice(0, 8)}`) * 4096n + BigInt(`0x${newest.slice(8) || "0"}`);
  }
}

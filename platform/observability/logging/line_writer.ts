/** Output of lines, such as `Deno.stdout`. */
export interface LineTarget {
  /** Writes some of the bytes and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Options of a {@link LineWriter}. */
export interface LineWriterOptions {
  /**
   * Maximum number of buffered characters; further lines are dropped and counted.
   *
   * @default 1_000_000
   */
  readonly maxBuffered?: number;
  /**
   * Time in which lines are batched into one write, in milliseconds: a write costs as much as formatting a hundred
   * lines, and wakes the reader. With 0, lines of the same turn of the event loop are batched.
   *
   * @default 0
   */
  readonly batchMs?: number;
  /**
   * Returns the line that reports how many were dropped.
   *
   * @default a text
   */
  readonly droppedLine?: (dropped: number) => string;
}

/** Number of buffered characters from which a batch is written at once. */
const BATCH_CHARACTERS = 65_536;

/**
 * Writes lines in order without blocking the caller, whether the target is slow, not read or closed. Lines that arrive
 * during a write are batched.
 */
export class LineWriter {
  readonly #target: LineTarget;
  readonly #maxBuffered: number;
  readonly #batchMs: number;
  readonly #droppedLine: (dropped: number) => string;
  readonly #encoder = new TextEncoder();
  #buffer = "";
  #dropped = 0;
  #isClosed = false;
  #writing: Promise<void> | undefined;
  #endBatch: (() => void) | undefined;
  #flushes = 0;

  constructor(
    target: LineTarget,
    { maxBuffered = 1_000_000, batchMs = 0, droppedLine = (dropped) => `${dropped} lines dropped\n` }:
      LineWriterOptions = {},
  ) {
    this.#target = target;
    this.#maxBuffered = maxBuffered;
    this.#batchMs = batchMs;
    this.#droppedLine = droppedLine;
  }

  /** Queues a line, including its newline. */
  write(line: string): void {
    if (this.#isClosed) return;
    if (this.#buffer.length + line.length > this.#maxBuffered) {
      this.#dropped++;
      return;
    }
    this.#buffer += line;
    if (this.#buffer.length >= BATCH_CHARACTERS) this.#endBatch?.();
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when all lines are written or dropped, at the latest after a timeout. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#writing === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, timeoutMs));
    this.#flushes++;
    this.#endBatch?.();
    await Promise.race([this.#writing, late]);
    this.#flushes--;
    clearTimeout(timer);
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#buffer !== "") {
        await this.#batch();
        const bytes = this.#encoder.encode(this.#buffer);
        this.#buffer = "";
        for (let start = 0; start < bytes.length;) start += await this.#target.write(bytes.subarray(start));
        if (this.#buffer === "" && this.#dropped > 0) this.#reportDropped();
      }
    } catch {
      // A closed pipe or a full disk: there is no other place to report it.
      this.#isClosed = true;
      this.#buffer = "";
    } finally {
      this.#writing = undefined;
    }
  }

  /** Waits for the end of the batch. */
  async #batch(): Promise<void> {
    if (this.#batchMs === 0 || this.#flushes > 0 || this.#buffer.length >= BATCH_CHARACTERS) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#batchMs);
      this.#endBatch = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endBatch = undefined;
  }

  #reportDropped(): void {
    this.#buffer += this.#droppedLine(this.#dropped);
    this.#dropped = 0;
  }
}

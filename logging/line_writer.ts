/** What lines are written to, e.g. `Deno.stdout`. */
export interface LineTarget {
  /** Writes some of the bytes and tells how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** How much a {@link LineWriter} keeps. */
export interface LineWriterOptions {
  /**
   * How many characters wait at most while the target takes none; lines beyond that are dropped and counted.
   *
   * @default 1_000_000
   */
  readonly maxWaiting?: number;
}

/**
 * Writes lines in the order they come, without making whoever writes one wait: not for a target that takes its time,
 * not for one that nobody reads, and not for one that is closed. Lines that come while it writes go out together.
 */
export class LineWriter {
  readonly #target: LineTarget;
  readonly #maxWaiting: number;
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #dropped = 0;
  #isClosed = false;
  #writing: Promise<void> | undefined;

  constructor(target: LineTarget, { maxWaiting = 1_000_000 }: LineWriterOptions = {}) {
    this.#target = target;
    this.#maxWaiting = maxWaiting;
  }

  /** Takes a line, with its end. */
  write(line: string): void {
    if (this.#isClosed) return;
    if (this.#waiting.length + line.length > this.#maxWaiting) {
      this.#dropped++;
      return;
    }
    this.#waiting += line;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when every line has been written, or given up, or after the time is up. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#writing === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, timeoutMs));
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
  }

  async #writeAll(): Promise<void> {
    // What else comes in this turn of the event loop goes with it.
    await Promise.resolve();
    try {
      while (this.#waiting !== "") {
        const bytes = this.#encoder.encode(this.#waiting);
        this.#waiting = "";
        for (let start = 0; start < bytes.length;) start += await this.#target.write(bytes.subarray(start));
        if (this.#waiting === "" && this.#dropped > 0) this.#tellDropped();
      }
    } catch {
      // Nobody reads any more: a closed pipe, a full disk. There is nowhere to tell it.
      this.#isClosed = true;
      this.#waiting = "";
    } finally {
      this.#writing = undefined;
    }
  }

  #tellDropped(): void {
    const properties = { dropped: this.#dropped };
    this.#dropped = 0;
    const line = { level: "WARN", message: "Log lines were dropped: nobody took them in time", properties };
    this.#waiting += `${JSON.stringify({ "@timestamp": new Date().toISOString(), ...line })}\n`;
  }
}

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
  /**
   * How long lines are gathered before they are written, in milliseconds: each write costs as much as a hundred
   * lines do, and wakes whoever reads them. 0: what comes in the same turn of the event loop goes together.
   *
   * @default 0
   */
  readonly gatherMs?: number;
}

/** So many characters are written at once, however short the time. */
const ENOUGH = 65_536;

/**
 * Writes lines in the order they come, without making whoever writes one wait: not for a target that takes its time,
 * not for one that nobody reads, and not for one that is closed. Lines that come while it writes go out together.
 */
export class LineWriter {
  readonly #target: LineTarget;
  readonly #maxWaiting: number;
  readonly #gatherMs: number;
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #dropped = 0;
  #isClosed = false;
  #writing: Promise<void> | undefined;
  #gathering: (() => void) | undefined;
  #flushes = 0;

  constructor(target: LineTarget, { maxWaiting = 1_000_000, gatherMs = 0 }: LineWriterOptions = {}) {
    this.#target = target;
    this.#maxWaiting = maxWaiting;
    this.#gatherMs = gatherMs;
  }

  /** Takes a line, with its end. */
  write(line: string): void {
    if (this.#isClosed) return;
    if (this.#waiting.length + line.length > this.#maxWaiting) {
      this.#dropped++;
      return;
    }
    this.#waiting += line;
    if (this.#waiting.length >= ENOUGH) this.#gathering?.();
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when every line has been written, or given up, or after the time is up. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#writing === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, timeoutMs));
    this.#flushes++;
    this.#gathering?.();
    await Promise.race([this.#writing, late]);
    this.#flushes--;
    clearTimeout(timer);
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting !== "") {
        await this.#gather();
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

  /** Waits for what else comes. */
  async #gather(): Promise<void> {
    if (this.#gatherMs === 0 || this.#flushes > 0 || this.#waiting.length >= ENOUGH) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#gatherMs);
      this.#gathering = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#gathering = undefined;
  }

  #tellDropped(): void {
    const properties = { dropped: this.#dropped };
    this.#dropped = 0;
    const line = { level: "WARN", message: "Log lines were dropped: nobody took them in time", properties };
    this.#waiting += `${JSON.stringify({ "@timestamp": new Date().toISOString(), ...line })}\n`;
  }
}

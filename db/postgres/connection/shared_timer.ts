/** Moment at which something is called. */
export interface Timed {
  /** Time by performance.now(); Infinity if never. */
  readonly passesAt: number;
  /** Called once, at that time or soon after it, unless it was removed. It must not throw. */
  pass(): void;
}

/** Maximum delay of a timer, in milliseconds (a signed 32-bit integer). */
const maxDelayMs = 0x7fffffff;

/**
 * One timer for any number of moments, most of which are removed before they come. It runs until the first of them, and
 * removing that does not stop it: a timer for each would cost more than what it limits. It does not keep the process
 * alive.
 */
export class SharedTimer implements Disposable {
  readonly #waiting = new Set<Timed>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Time at which the timer ends. */
  #endsAt = Infinity;

  add(timed: Timed): void {
    const { passesAt } = timed;
    if (passesAt === Infinity) return;
    this.#waiting.add(timed);
    if (passesAt < this.#endsAt) this.#start(passesAt);
  }

  delete(timed: Timed): void {
    this.#waiting.delete(timed);
  }

  [Symbol.dispose](): void {
    this.#waiting.clear();
    clearTimeout(this.#timer);
    this.#endsAt = Infinity;
  }

  #start(endsAt: number): void {
    clearTimeout(this.#timer);
    this.#endsAt = endsAt;
    const delay = Math.min(Math.max(0, endsAt - performance.now()), maxDelayMs);
    this.#timer = setTimeout(() => this.#end(), delay);
    Deno.unrefTimer(this.#timer);
  }

  #end(): void {
    this.#endsAt = Infinity;
    const now = performance.now();
    let next = Infinity;
    const due: Timed[] = [];
    for (const timed of this.#waiting) {
      if (timed.passesAt <= now) due.push(timed);
      else next = Math.min(next, timed.passesAt);
    }
    // Several at once if the process was busy meanwhile.
    for (const timed of due.sort((a, b) => a.passesAt - b.passesAt)) {
      // False if one before it has removed it.
      if (this.#waiting.delete(timed)) timed.pass();
    }
    if (next < this.#endsAt) this.#start(next);
  }
}

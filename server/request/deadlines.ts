/** Running deadline that can be cancelled. */
export interface Deadline {
  /** Cancels the deadline; has no effect after it has passed. */
  cancel(): void;
  /** Starts the deadline again; has no effect after it has passed or was cancelled. */
  restart(): void;
}

/**
 * Deadlines of equal duration. They pass in the order they were started, so that one timer and a linked list serve any
 * number of requests: starting and cancelling cost a few assignments and no timer.
 */
export class Deadlines implements Disposable {
  readonly #head: Node = new Node(0, () => {}, this);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param durationMs Duration of each deadline, in milliseconds. */
  constructor(readonly durationMs: number) {}

  /** Whether any deadline is running. */
  get running(): boolean {
    return this.#head.next !== this.#head;
  }

  /** Starts a deadline; `onPassed` is called once when it passes. */
  start(onPassed: () => void): Deadline {
    const node = new Node(performance.now() + this.durationMs, onPassed, this);
    node.insertBefore(this.#head);
    if (this.#timer === undefined) this.#arm(this.durationMs);
    return node;
  }

  /** Starts a running deadline again. */
  restart(node: Node): void {
    node.cancel();
    node.passesAt = performance.now() + this.durationMs;
    node.insertBefore(this.#head);
  }

  /** Lets all running deadlines pass now and returns their number. */
  passAll(): number {
    return this.#passUntil(Infinity);
  }

  /** Cancels all deadlines and the timer. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#head.next !== this.#head) this.#head.next.cancel();
  }

  #arm(delayMs: number): void {
    this.#timer = setTimeout(() => this.#tick(), delayMs);
  }

  #tick(): void {
    this.#timer = undefined;
    this.#passUntil(performance.now());
    const first = this.#head.next;
    if (first !== this.#head) this.#arm(Math.max(1, first.passesAt - performance.now()));
  }

  #passUntil(now: number): number {
    let passed = 0;
    while (this.#head.next !== this.#head && this.#head.next.passesAt <= now) {
      const node = this.#head.next;
      node.cancel();
      node.onPassed();
      passed++;
    }
    return passed;
  }
}

/** Node of the circular list; the head marks its end. */
class Node implements Deadline {
  next: Node = this;
  previous: Node = this;

  constructor(public passesAt: number, readonly onPassed: () => void, readonly owner: Deadlines) {}

  insertBefore(other: Node): void {
    this.previous = other.previous;
    this.next = other;
    other.previous.next = this;
    other.previous = this;
  }

  restart(): void {
    if (this.next !== this) this.owner.restart(this);
  }

  cancel(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.next = this.previous = this;
  }
}

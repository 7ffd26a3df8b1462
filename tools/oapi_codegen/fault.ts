/** One reason why a document or a configuration cannot be honoured. */
export interface Fault {
  /** The file, as the configuration names it. */
  readonly file: string;
  /** Where: a JSON Pointer (RFC 6901), "" for the root; or `line:column` of text that cannot be parsed. */
  readonly at: string;
  /** What is wrong and what to do, in words. */
  readonly message: string;
}

/** Nothing was generated; `faults` says why, and its message lists them one a line. */
export class GenerationError extends Error {
  override readonly name = "GenerationError";

  constructor(readonly faults: readonly Fault[], options?: ErrorOptions) {
    super(faults.map((fault) => `${fault.file}#${fault.at}: ${fault.message}`).join("\n"), options);
  }
}

/** Gathers the faults of one file, so that all of them are told at once. */
export class FaultList {
  readonly #faults = new Map<string, Fault>();

  constructor(readonly file: string) {}

  /** Notes a fault; the same one twice is noted once. */
  add(at: string, message: string): void {
    this.#faults.set(`${at}\n${message}`, { file: this.file, at, message });
  }

  /** Whether something is wrong at this very place already. */
  has(at: string): boolean {
    return [...this.#faults.values()].some((fault) => fault.at === at);
  }

  get empty(): boolean {
    return this.#faults.size === 0;
  }

  /** Throws a {@link GenerationError} with every fault. */
  throw(): never {
    throw new GenerationError([...this.#faults.values()]);
  }

  /** Throws a {@link GenerationError} with every fault, if there is one. */
  throwIfAny(): void {
    if (!this.empty) this.throw();
  }
}

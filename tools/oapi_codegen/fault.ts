/** Where a fault is. */
export interface Place {
  /** The file, as the configuration names it. */
  readonly file: string;
  /** A JSON Pointer (RFC 6901), "" for the root; or `line:column` of text that cannot be parsed. */
  readonly at: string;
  /** The line in the file, where the text could be parsed. */
  readonly line?: number | undefined;
}

/** One reason why a document or a configuration cannot be honoured. */
export interface Fault extends Place {
  /** What is wrong and what to do, in words. */
  readonly message: string;
}

/** Nothing was generated; `faults` says why, and its message lists them one a line. */
export class GenerationError extends Error {
  override readonly name = "GenerationError";

  constructor(readonly faults: readonly Fault[], options?: ErrorOptions) {
    super([...new Set(faults.map(formatFault))].join("\n"), options);
  }
}

/** `file:line` first, which terminals and editors open; then the pointer. */
function formatFault({ file, at, line, message }: Fault): string {
  if (/^\d+:\d+$/.test(at)) return `${file}:${at}: ${message}`;
  return `${file}${line === undefined ? "" : `:${line}`}#${at}: ${message}`;
}

/** Gathers the faults of one document, so that all of them are reported at once. */
export class FaultList {
  readonly #faults = new Map<string, Omit<Fault, "file">>();
  #locate: (at: string) => Place;

  constructor(readonly file: string) {
    this.#locate = (at) => ({ file, at });
  }

  /** Sets the function that finds the line of a pointer, and the file where several were put together. */
  locateBy(locate: (at: string) => Place): void {
    this.#locate = locate;
  }

  /** The place that a pointer of the document stands for. */
  locate(at: string): Place {
    return this.#locate(at);
  }

  /** Notes a fault; the same one twice is noted once. */
  add(at: string, message: string): void {
    this.#faults.set(`${at}\n${message}`, { at, message });
  }

  /** Whether something is wrong at this very place already. */
  has(at: string): boolean {
    return [...this.#faults.values()].some((fault) => fault.at === at);
  }

  get empty(): boolean {
    return this.#faults.size === 0;
  }

  /** The faults in the order they were noted. */
  get faults(): readonly Fault[] {
    return [...this.#faults.values()].map(({ at, message }) => ({ ...this.#locate(at), message }));
  }

  /** Throws a {@link GenerationError} with every fault. */
  throw(): never {
    throw new GenerationError(this.faults);
  }

  /** Throws a {@link GenerationError} with every fault, if there is one. */
  throwIfAny(): void {
    if (!this.empty) this.throw();
  }
}

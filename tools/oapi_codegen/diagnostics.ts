/** Where a diagnostic is. */
export interface Place {
  /** The file, as the configuration names it. */
  readonly file: string;
  /** A JSON Pointer (RFC 6901), "" for the root; or `line:column` of text that cannot be parsed. */
  readonly at: string;
  /** The line in the file, where the text could be parsed. */
  readonly line?: number | undefined;
}

/** One reason why a document or a configuration cannot be honoured. */
export interface Diagnostic extends Place {
  /** What is wrong and what to do, in words. */
  readonly message: string;
}

/** Nothing was generated; `diagnostics` says why, and its message lists them one a line. */
export class GenerationError extends Error {
  override readonly name = "GenerationError";

  constructor(readonly diagnostics: readonly Diagnostic[], options?: ErrorOptions) {
    super([...new Set(diagnostics.map(formatDiagnostic))].join("\n"), options);
  }
}

/** `file:line` first, which terminals and editors open; then the pointer. */
function formatDiagnostic({ file, at, line, message }: Diagnostic): string {
  if (/^\d+:\d+$/.test(at)) return `${file}:${at}: ${message}`;
  return `${file}${line === undefined ? "" : `:${line}`}#${at}: ${message}`;
}

/** Gathers the diagnostics of one document, so that all of them are reported at once. */
export class DiagnosticList {
  readonly #diagnostics = new Map<string, Omit<Diagnostic, "file">>();
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

  /** Notes a diagnostic; the same one twice is noted once. */
  add(at: string, message: string): void {
    this.#diagnostics.set(`${at}\n${message}`, { at, message });
  }

  /** Whether something is wrong at this very place already. */
  has(at: string): boolean {
    return [...this.#diagnostics.values()].some((diagnostic) => diagnostic.at === at);
  }

  get empty(): boolean {
    return this.#diagnostics.size === 0;
  }

  /** The diagnostics in the order they were noted. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#diagnostics.values()].map(({ at, message }) => ({ ...this.#locate(at), message }));
  }

  /** Throws a {@link GenerationError} with every diagnostic. */
  throw(): never {
    throw new GenerationError(this.diagnostics);
  }

  /** Throws a {@link GenerationError} with every diagnostic, if there is one. */
  throwIfAny(): void {
    if (!this.empty) this.throw();
  }
}

/** Location of a diagnostic. */
export interface Place {
  /** File, as the configuration names it. */
  readonly file: string;
  /** JSON Pointer (RFC 6901), "" for the root; `line:column` in text that cannot be parsed. */
  readonly at: string;
  /** Line in the file, if the text could be parsed. */
  readonly line?: number | undefined;
}

/** Reason why a document or a configuration is rejected, or a warning about it. */
export interface Diagnostic extends Place {
  /** Description of the problem and its correction, or of what it means for the generated code. */
  readonly message: string;
}

/** Failed generation; the message lists the diagnostics, one per line. */
export class GenerationError extends Error {
  override readonly name = "GenerationError";

  constructor(readonly diagnostics: readonly Diagnostic[], options?: ErrorOptions) {
    super([...new Set(diagnostics.map(formatDiagnostic))].join("\n"), options);
  }
}

/** Formats warnings, one per line. */
export function formatWarnings(warnings: readonly Diagnostic[]): readonly string[] {
  return [...new Set(warnings.map((warning) => `warning: ${formatDiagnostic(warning)}`))];
}

/** Formats a diagnostic: first `file:line`, which terminals and editors open, then the pointer. */
function formatDiagnostic({ file, at, line, message }: Diagnostic): string {
  if (/^\d+:\d+$/.test(at)) return `${file}:${at}: ${message}`;
  return `${file}${line === undefined ? "" : `:${line}`}#${at}: ${message}`;
}

/** Collects the diagnostics of a document, to report all of them at once. */
export class DiagnosticList {
  readonly #diagnostics = new Map<string, Omit<Diagnostic, "file">>();
  readonly #warnings = new Map<string, Omit<Diagnostic, "file">>();
  #locate: (at: string) => Place;

  constructor(readonly file: string) {
    this.#locate = (at) => ({ file, at });
  }

  /** Sets the function that finds the file and line of a pointer. */
  locateBy(locate: (at: string) => Place): void {
    this.#locate = locate;
  }

  /** Returns the location of a pointer. */
  locate(at: string): Place {
    return this.#locate(at);
  }

  /** Adds a diagnostic, unless the same one exists. */
  add(at: string, message: string): void {
    this.#diagnostics.set(`${at}\n${message}`, { at, message });
  }

  /**
   * Adds a warning: the document is accepted, but the generated code does less than what is written. The message says what
   * it does instead.
   */
  warn(at: string, message: string): void {
    this.#warnings.set(`${at}\n${message}`, { at, message });
  }

  /** Whether there is a diagnostic for exactly this location. */
  has(at: string): boolean {
    return [...this.#diagnostics.values()].some((diagnostic) => diagnostic.at === at);
  }

  get empty(): boolean {
    return this.#diagnostics.size === 0;
  }

  /** Diagnostics in the order they were added, without warnings. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#located(this.#diagnostics);
  }

  /** Warnings in the order they were added. */
  get warnings(): readonly Diagnostic[] {
    return this.#located(this.#warnings);
  }

  #located(items: ReadonlyMap<string, Omit<Diagnostic, "file">>): readonly Diagnostic[] {
    return [...items.values()].map(({ at, message }) => ({ ...this.#locate(at), message }));
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

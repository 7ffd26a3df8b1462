/** Location of a diagnostic. */
export interface Place {
  /** File, as the configuration names it. */
  readonly file: string;
  /** JSON Pointer (RFC 6901), "" for the root; `line:column` in text that cannot be parsed. */
  readonly at: string;
  /** Line in the file, if it is known. */
  readonly line?: number | undefined;
  /** Column in the line, from 1. */
  readonly column?: number | undefined;
  /** Text of the line. */
  readonly source?: string | undefined;
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

/** Diagnostic as it was added: at a pointer, or elsewhere. */
interface Added {
  readonly at: string;
  readonly message: string;
  readonly place?: Place | undefined;
}

/** Collects the diagnostics of a document, to report all of them at once. */
export class DiagnosticList {
  readonly #diagnostics = new Map<string, Added>();
  readonly #warnings = new Map<string, Added>();
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

  /** Adds a diagnostic at a place in another file, such as the configuration. */
  addAt(place: Place | undefined, message: string): void {
    this.#diagnostics.set(keyOf(place, message), { at: "", message, place });
  }

  /** Adds a warning at a place in another file. */
  warnAt(place: Place | undefined, message: string): void {
    this.#warnings.set(keyOf(place, message), { at: "", message, place });
  }

  /** Drops the diagnostics and warnings of parts of the document. */
  drop(pointers: readonly string[]): void {
    const dropped = new Set(pointers);
    const isDropped = (at: string): boolean => {
      for (let end = at.length; end > 0; end = at.lastIndexOf("/", end - 1)) {
        if (dropped.has(at.slice(0, end))) return true;
      }
      return false;
    };
    for (const items of [this.#diagnostics, this.#warnings]) {
      for (const [key, { at }] of items) if (isDropped(at)) items.delete(key);
    }
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

  #located(items: ReadonlyMap<string, Added>): readonly Diagnostic[] {
    return [...items.values()].map(({ at, message, place }) => ({ ...place ?? this.#locate(at), message }));
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

function keyOf(place: Place | undefined, message: string): string {
  return JSON.stringify([place?.file, place?.at, message]);
}

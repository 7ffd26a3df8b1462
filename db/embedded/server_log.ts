/** Messages kept, enough for what precedes an abort. */
const MAX_MESSAGES = 10;

/** Line of a message with the default `log_line_prefix`. Others have statements, values, or lines after the first. */
const MESSAGE = /\] (?<message>(?:LOG|WARNING|FATAL|PANIC):\s.*)/;

/** Last messages of PostgreSQL, which say why it aborted. They contain no statements. */
export class ServerLog {
  readonly #messages: string[] = [];

  /** Adds a line of the server. Returns false, so that PGlite does not print it. */
  add(line: string): boolean {
    const message = MESSAGE.exec(line)?.groups?.["message"];
    if (message !== undefined) this.#messages.push(message.replace(/\s+/g, " "));
    if (this.#messages.length > MAX_MESSAGES) this.#messages.shift();
    return false;
  }

  /** Returns the reason of a failure: the fatal messages of the server, or the error's own without any. */
  reasonOf(error: unknown): string {
    const fatal = this.#messages.filter((message) => /^(FATAL|PANIC):/.test(message));
    if (fatal.length > 0) return [...new Set(fatal)].join("; ");
    // That of an exit of the engine is no Error, but has a message.
    const { message: own = String(error) } = Object(error);
    return [own, ...this.#messages].join("; ");
  }
}

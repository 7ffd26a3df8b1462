/** Output of a command, with its exit code. */
export interface CommandResult {
  readonly output: string;
  readonly code: number;
}

/** Longest time that a command of a page may take, on a machine that is busy with other tests. */
const COMMAND_LIMIT_MS = 600_000;

/** A bash that runs one command after the other, so that later ones see variables and functions of earlier ones. */
export class ShellSession implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: AsyncIterator<string>;
  readonly #mark = `end-${crypto.randomUUID()}`;
  #unread = "";

  /** @param options Working directory and environment; nothing else is inherited. */
  constructor({ cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }) {
    this.#process = new Deno.Command("bash", {
      args: ["--noprofile", "--norc"],
      cwd,
      clearEnv: true,
      env: { ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  }

  /**
   * Runs a command, for ten minutes at most, and returns its standard output and error in the order in which they were written.
   *
   * @throws {Error} if the command ends the shell.
   */
  async run(command: string): Promise<CommandResult> {
    const script = `{ ${command}\n} </dev/null 2>&1; printf '\\n%s %d\\n' ${this.#mark} $?\n`;
    await this.#input.write(new TextEncoder().encode(script));
    const end = new RegExp(`\\n${this.#mark} (\\d+)\\n`);
    const timer = setTimeout(() => this.#process.kill(), COMMAND_LIMIT_MS);
    using _ = { [Symbol.dispose]: () => clearTimeout(timer) };
    for (;;) {
      const match = end.exec(this.#unread);
      if (match !== null) {
        const output = this.#unread.slice(0, match.index);
        this.#unread = this.#unread.slice(match.index + match[0].length);
        return { output, code: Number(match[1]) };
      }
      const { done, value } = await this.#output.next();
      if (done === true) throw new Error(`The shell ended during: ${command}\n${this.#unread}`);
      this.#unread += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#output.return?.();
    await this.#process.status;
  }
}

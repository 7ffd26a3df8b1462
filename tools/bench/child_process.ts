/** How a program is started. */
export interface ChildProcessOptions {
  readonly args: string[];
  /** Its whole environment besides PATH, HOME and what Deno itself reads. */
  readonly env?: Readonly<Record<string, string>>;
}

const KEPT = ["PATH", "HOME", "DENO_DIR", "TMPDIR", "XDG_CACHE_HOME"];
const PATIENCE_MS = 15_000;

/** A Deno program that runs beside this one, as long as it is not disposed. */
export class ChildProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #unread = "";

  /** Starts `deno run` with the arguments. What the program logs to stderr is not read. */
  constructor({ args, env = {} }: ChildProcessOptions) {
    const kept = KEPT.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", ...args],
      env: { ...Object.fromEntries(kept), ...env },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Writes a line to its input. */
  async writeLine(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** The next line of its output. */
  async readLine(): Promise<string> {
    while (true) {
      const end = this.#unread.indexOf("\n");
      if (end !== -1) {
        const line = this.#unread.slice(0, end);
        this.#unread = this.#unread.slice(end + 1);
        return line;
      }
      const { value } = await this.#output.read();
      if (value === undefined) {
        throw new Error("A program that was to be measured ended before it was asked to");
      }
      this.#unread += value;
    }
  }

  /** Reads what it writes, for nobody, until it ends. */
  async drain(): Promise<void> {
    while ((await this.#output.read()).value !== undefined);
  }

  /** Asks it to stop and waits until it has; ends it by force when that takes too long. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#signal("SIGKILL"), PATIENCE_MS);
    this.#signal("SIGTERM");
    await this.#output.cancel();
    await this.#child.status;
    clearTimeout(timer);
    await this.#input.abort().catch(() => undefined);
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended already.
    }
  }
}

import { commandOf, type ProgramOptions } from "./program.ts";

/** Fixture program of {@link commandOf} on a pseudo-terminal created by script(1). Disposing ends it. */
export class TerminalProgram implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #ended: Promise<void>;
  #text = "";
  #isOver = false;

  constructor(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    options: ProgramOptions = {},
  ) {
    const { file, args: rest, cwd } = commandOf(args, options);
    const command = [file, ...rest];
    const onTerminal = Deno.build.os === "darwin"
      ? ["-q", "/dev/null", ...command]
      : ["-qefc", `exec ${command.map(quote).join(" ")}`, "/dev/null"];
    this.#process = new Deno.Command("script", {
      args: onTerminal,
      cwd,
      env: { NO_COLOR: "1", PORT: "0", ...environment },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#ended = this.#read();
  }

  /** Output so far, with "\n" as line terminator. */
  get text(): string {
    return this.#text;
  }

  /** Waits for a match in its output. Rejects when it ends before. */
  async untilMatch(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      const match = pattern.exec(this.#text);
      if (match !== null) return match;
      if (this.#isOver) throw new Error(`The program ended without ${pattern}: ${this.#text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Types a text, e.g. "\x03" for Ctrl-C. */
  async type(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  /** Waits for its end, and returns its exit code. */
  async ended(): Promise<number> {
    const { code } = await this.#process.status;
    await this.#ended;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch (error) {
      // It has already ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.ended();
    await this.#input.close().catch(() => {});
  }

  async #read(): Promise<void> {
    for await (const chunk of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      this.#text += chunk.replaceAll("\r\n", "\n");
    }
    this.#isOver = true;
  }
}

/** Quotes an argument for sh. */
function quote(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

import { commandOf } from "./program.ts";

/** Fixture program of {@link commandOf} on a pseudo-terminal created by script(1). Disposing ends it. */
export class TerminalProgram implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #ended: Promise<void>;
  #text = "";
  #isOver = false;

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    const { file, args: rest, cwd } = commandOf(args);
    const command = [file, ...rest];
    const onTerminal = Deno.build.os === "darwin"
      ? ["-q", "/dev/null", ...command]
      : ["-qefc", `exec ${command.join(" ")}`, "/dev/null"];
    this.#process = new Deno.Command("script", {
      args: onTerminal,
      cwd,
      env: { NO_COLOR: "1", PORT: "0", ...environment },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
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

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch (error) {
      // It has already ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#process.status;
    await this.#ended;
  }

  async #read(): Promise<void> {
    for await (const chunk of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      this.#text += chunk.replaceAll("\r\n", "\n");
    }
    this.#isOver = true;
  }
}

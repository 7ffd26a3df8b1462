import { errorLines } from "@archway/tools/support/error_lines.ts";
import { MainProgram } from "@archway/tools/support/program.ts";

/** A program that is killed and restarted on the same database. Disposing stops it. */
export class RestartableProgram implements AsyncDisposable {
  /** Error lines of all processes. */
  readonly errors: string[] = [];
  readonly #environment: Readonly<Record<string, string>>;
  #program: MainProgram;
  #url = Promise.withResolvers<string>();
  #listens = false;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
    this.#program = this.#start();
  }

  /** URL of the program, once it listens. The program may have been killed by the time the URL is used. */
  get url(): Promise<string> {
    return this.#url.promise;
  }

  /** Kills the program and starts it again. */
  async killAndRestart(): Promise<void> {
    const { stderr } = await this.#program.kill();
    this.errors.push(...errorLines(stderr));
    if (this.#listens) this.#url = Promise.withResolvers();
    this.#program = this.#start();
  }

  /** Stops the program gracefully and returns its exit code. */
  async stop(): Promise<number> {
    const { code, stderr } = await this.#program.stop();
    this.errors.push(...errorLines(stderr));
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }

  #start(): MainProgram {
    const program = new MainProgram(this.#environment);
    this.#listens = false;
    // If the program is killed before it listens, callers wait for its successor.
    program.url.then((url) => {
      if (program !== this.#program) return;
      this.#listens = true;
      this.#url.resolve(url);
    }, () => {});
    return program;
  }
}

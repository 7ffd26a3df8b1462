import { errorLines } from "@archway/tools/support/error_lines.ts";
import { MainProgram } from "@archway/tools/support/program.ts";

/** A program that is killed and started again on the same database. Disposing ends it. */
export class RestartableProgram implements AsyncDisposable {
  /** What its lives had to complain about, each line. */
  readonly complaints: string[] = [];
  readonly #environment: Readonly<Record<string, string>>;
  #program: MainProgram;
  #url = Promise.withResolvers<string>();
  #listens = false;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
    this.#program = this.#start();
  }

  /** Where it listens, once it does. By the time that it is used, nobody may listen there any more. */
  get url(): Promise<string> {
    return this.#url.promise;
  }

  /** Ends it without warning and starts it again. */
  async killAndRestart(): Promise<void> {
    const { stderr } = await this.#program.kill();
    this.complaints.push(...errorLines(stderr));
    if (this.#listens) this.#url = Promise.withResolvers();
    this.#program = this.#start();
  }

  /** Ends it as supervisors do; gives its exit code. */
  async stop(): Promise<number> {
    const { code, stderr } = await this.#program.stop();
    this.complaints.push(...errorLines(stderr));
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }

  #start(): MainProgram {
    const program = new MainProgram(this.#environment);
    this.#listens = false;
    // One that is killed before it listens is waited for by nobody: the next one is.
    program.url.then((url) => {
      if (program !== this.#program) return;
      this.#listens = true;
      this.#url.resolve(url);
    }, () => {});
    return program;
  }
}

import { stdin } from "node:process";
import { createInterface } from "node:readline";
import { progress } from "./progress.ts";

/** Options of a {@link ChildProcess}. */
export interface ChildProcessOptions {
  readonly args: string[];
  /** Program that is run with the arguments. @default this Deno, with `run` before them */
  readonly program?: string;
  /** Its whole environment besides PATH, HOME and the variables of Deno itself. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Whether lines of its stderr are shown unless they are of its log, such as the reason of a crash.
   *
   * @default false
   */
  readonly showErrors?: boolean;
}

const INHERITED = [
  ...["PATH", "HOME", "DENO_DIR", "TMPDIR", "XDG_CACHE_HOME"],
  // Behind a proxy with a certificate of its own, packages could not be downloaded without them.
  ...["DENO_CERT", "DENO_TLS_CA_STORE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_DIR", "SSL_CERT_FILE"],
  ...["HTTPS_PROXY", "NO_PROXY", "NPM_CONFIG_REGISTRY"],
];
const STOP_TIMEOUT_MS = 15_000;

/** Returns the environment of a program that inherits nothing which would configure it. */
export function childEnvironment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = INHERITED.map((name) => [name, Deno.env.get(name) ?? ""] as const);
  return { ...Object.fromEntries(inherited.filter(([, value]) => value !== "")), ...env };
}

/** A program that runs beside this one until it is disposed. */
export class ChildProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;
  #unread = "";

  constructor({ args, program, env, showErrors = false }: ChildProcessOptions) {
    const options = { env: childEnvironment(env), clearEnv: true } as const;
    const streams = { stdin: "piped", stdout: "piped", stderr: showErrors ? "piped" : "null" } as const;
    const command = {
      ...options,
      ...streams,
      args: program === undefined ? ["run", "--quiet", ...args] : args,
    };
    this.#child = new Deno.Command(program ?? Deno.execPath(), command).spawn();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    if (showErrors) void showUnlogged(this.#child.stderr);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a command to a program that runs {@link respondToCommands}. Rejects if the command failed there. */
  async request<Result>(command: unknown): Promise<Result> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
    writer.releaseLock();
    const report: Report<Result> = JSON.parse(await this.readLine());
    if ("failure" in report) throw new Error(`The load failed: ${report.failure}`);
    return report.result;
  }

  /** Returns the next line of its output. */
  async readLine(): Promise<string> {
    while (!this.#unread.includes("\n")) {
      const { value } = await this.#output.read();
      if (value === undefined) throw new Error("A program of the bench ended before it was stopped");
      this.#unread += value;
    }
    const [line = "", ...rest] = this.#unread.split("\n");
    this.#unread = rest.join("\n");
    return line;
  }

  /** Discards its output until it ends. */
  async drain(): Promise<void> {
    while ((await this.#output.read()).value !== undefined);
  }

  /** Stops it and waits for its end; kills it after a timeout. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    const ended = this.#child[Symbol.asyncDispose]();
    await this.#output.cancel();
    await ended;
    clearTimeout(timer);
    await this.#child.stdin.abort().catch(() => undefined);
  }
}

/** Writes the lines to stderr that are not JSON. */
async function showUnlogged(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  let unread = "";
  for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
    const lines = (unread + text).split("\n");
    unread = lines.pop() ?? "";
    for (const line of lines.filter((line) => !line.startsWith("{"))) progress(line);
  }
}

type Report<Result> = { readonly result: Result } | { readonly failure: string };

/** Runs the commands of this program's input, a line of JSON each, and writes their results, until the input ends. */
export async function respondToCommands<Command>(run: (command: Command) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: stdin })) {
    const report = await run(JSON.parse(line)).then(
      (result): Report<unknown> => ({ result }),
      (error): Report<unknown> => ({ failure: error instanceof Error ? error.message : "unknown error" }),
    );
    await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report)}\n`));
  }
}

import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Variables that a child process inherits; none of them configures the program. */
const INHERITED = [
  "PATH",
  "HOME",
  "DENO_DIR",
  "DENO_V8_FLAGS",
  "XDG_CACHE_HOME",
  "TMPDIR",
  "USERPROFILE",
  "LOCALAPPDATA",
  "SystemRoot",
];

/** Returns the variables of this process that a program needs to run at all. */
export function inheritedVariables(): Readonly<Record<string, string>> {
  return Object.fromEntries(INHERITED.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

/** Result of a program. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Main module of the program that only serves contacts, relative to the root of the project. */
export const FIXTURE_PROGRAM = "tools/support/fixture_program/main.ts";

/** Environment variables with the executables of main modules. */
const EXECUTABLES: Readonly<Record<string, string>> = {
  [FIXTURE_PROGRAM]: "TEST_FIXTURE_EXECUTABLE",
  "main.ts": "TEST_EXECUTABLE",
};

/** Options of a program. */
export interface ProgramOptions {
  /** Main module, relative to the root of the project. @default FIXTURE_PROGRAM */
  readonly main?: string;
  /**
   * Whether it always runs from source, for features that an executable must be compiled for.
   *
   * @default false
   */
  readonly fromSource?: boolean;
  /** Executable that runs in place of the main module. @default that of the environment, if any */
  readonly executable?: string | undefined;
  /** Checkout that it runs in. @default this one */
  readonly root?: string;
  /**
   * Whether `deno task` runs it, from source, in a process group of its own, which then gets the signals.
   *
   * @default false
   */
  readonly byTask?: boolean;
  /** Permission set that it has from source. @default the default set */
  readonly permissions?: string;
  /** Network namespace that it runs in, as made by `ip netns add`; needs root. @default this one */
  readonly networkNamespace?: string;
}

/** Returns the command line and the working directory of a program. */
export function commandOf(
  args: readonly string[] = [],
  { main = FIXTURE_PROGRAM, fromSource = false, root = ROOT, byTask = false, ...options }: ProgramOptions =
    {},
): { readonly file: string; readonly args: string[]; readonly cwd: string } {
  if (byTask) {
    const task = main === "main.ts"
      ? ["start", ...args]
      : ["--eval", ["deno run -q -P", main, ...args].join(" ")];
    return { file: Deno.execPath(), args: ["task", "-q", ...task], cwd: root };
  }
  const set = options.permissions === undefined ? "-P" : `-P=${options.permissions}`;
  const variable = EXECUTABLES[main];
  const compiled = fromSource || variable === undefined ? undefined : Deno.env.get(variable);
  const executable = options.executable ?? compiled;
  // An executable must work without the checkout.
  return executable
    ? { file: executable, args: [...args], cwd: dirname(executable) }
    : { file: Deno.execPath(), args: ["run", "-q", set, main, ...args], cwd: root };
}

/**
 * Program as a child process. It is its main module, or the executable of `TEST_FIXTURE_EXECUTABLE` (for main.ts:
 * `TEST_EXECUTABLE`). Disposing kills it if it still runs.
 */
export class Program implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  /** Whether it is the leader of a process group. */
  readonly #leadsGroup: boolean;
  /** Standard output and error so far. */
  #written = "";
  #errors = "";
  readonly #stdout: Promise<string>;
  readonly #stderr: Promise<string>;
  readonly #url: PromiseWithResolvers<string> = Promise.withResolvers();
  readonly #metricsUrl: PromiseWithResolvers<string> = Promise.withResolvers();

  /** @param environment Variables that configure the program. */
  constructor(
    environment: Readonly<Record<string, string>>,
    args: readonly string[] = [],
    options: ProgramOptions = {},
  ) {
    const { networkNamespace } = options;
    const command = commandOf(args, options);
    const [file, prefix] = networkNamespace === undefined
      ? [command.file, []]
      : ["ip", ["netns", "exec", networkNamespace, command.file]];
    this.#leadsGroup = options.byTask ?? false;
    this.#process = new Deno.Command(file, {
      args: [...prefix, ...command.args],
      cwd: command.cwd,
      detached: this.#leadsGroup,
      clearEnv: true,
      env: { ...inheritedVariables(), NO_COLOR: "1", PORT: "0", ...environment },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#url.promise.catch(() => {});
    this.#metricsUrl.promise.catch(() => {});
    this.#stdout = this.#read(this.#process.stdout, (text) => this.#written = text);
    this.#stderr = this.#read(this.#process.stderr, (text) => this.#errors = text);
    this.#stderr.then((stderr) => {
      const error = new Error(`The program ended before it listened: ${stderr}`);
      this.#url.reject(error);
      this.#metricsUrl.reject(error);
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Base URL, once it listens. Rejects when it ends before. */
  get url(): Promise<string> {
    return this.#url.promise;
  }

  /** URL of its metrics, once available; only with `ADMIN_PORT`. Rejects when it ends before. */
  get metricsUrl(): Promise<string> {
    return this.#metricsUrl.promise;
  }

  /** Waits for a text in its standard output. Rejects when it ends before. */
  async untilWritten(text: string): Promise<void> {
    let ended = false;
    void this.#stdout.then(() => ended = true);
    while (!this.#written.includes(text)) {
      if (ended) throw new Error(`The program ended without writing ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits until a text has been written so many times to its standard output. Rejects when it ends before. */
  async untilWrittenTimes(text: string, times: number): Promise<void> {
    let ended = false;
    void this.#stdout.then(() => ended = true);
    while (this.#written.split(text).length <= times) {
      if (ended) throw new Error(`The program ended without writing ${text} ${times} times`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits for a pattern in its standard output or error. Rejects when it ends before. */
  async untilMatch(pattern: RegExp, stream: "stdout" | "stderr" = "stdout"): Promise<RegExpExecArray> {
    let ended = false;
    void Promise.all([this.#stdout, this.#stderr]).then(() => ended = true);
    for (;;) {
      const isLast = ended;
      const match = pattern.exec(stream === "stdout" ? this.#written : this.#errors);
      if (match !== null) return match;
      if (isLast) throw new Error(`The program ended without writing ${pattern}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Sends a signal, to its whole process group if it leads one. */
  signal(signal: Deno.Signal): void {
    if (this.#leadsGroup) Deno.kill(-this.pid, signal);
    else this.#process.kill(signal);
  }

  /** Waits for its end. */
  async ended(): Promise<ProgramResult> {
    const { code } = await this.#process.status;
    return { code, stdout: await this.#stdout, stderr: await this.#stderr };
  }

  /** Stops it like a supervisor and waits for its end. */
  async stop(): Promise<ProgramResult> {
    this.signal("SIGTERM");
    return await this.ended();
  }

  /** Kills it and waits for its end. */
  async kill(): Promise<ProgramResult> {
    this.signal("SIGKILL");
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.signal("SIGKILL");
    } catch (error) {
      // It has already ended.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
    await this.ended();
  }

  async #read(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    onRead: (text: string) => void = () => {},
  ): Promise<string> {
    let text = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      onRead(text);
      const [, url] = /"url":"(http[^"]+)"/.exec(text) ?? [];
      if (url !== undefined) this.#url.resolve(url);
      const [, metricsUrl] = /"metrics":"(http[^"]+)"/.exec(text) ?? [];
      if (metricsUrl !== undefined) this.#metricsUrl.resolve(metricsUrl);
    }
    return text;
  }
}

/** Program of the project, main.ts, with the services of services.ts. */
export class MainProgram extends Program {
  constructor(
    environment: Readonly<Record<string, string>>,
    args: readonly string[] = [],
    options: Omit<ProgramOptions, "main"> = {},
  ) {
    super(environment, args, { ...options, main: "main.ts" });
  }
}

/** Waits until the program reports that it is ready. */
export async function untilReady(url: string): Promise<void> {
  await untilReadiness(url, true);
}

/** Waits until the program reports that it is not ready. */
export async function untilUnready(url: string): Promise<void> {
  await untilReadiness(url, false);
}

async function untilReadiness(url: string, wanted: boolean): Promise<void> {
  while (true) {
    const response = await fetch(`${url}/readyz`);
    await response.body?.cancel();
    if (response.ok === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

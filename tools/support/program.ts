import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** What a child process needs of this one's environment; nothing that would configure the program. */
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

/** How a program ended. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Main module of the program that serves contacts and nothing else, from the root of the project. */
export const FIXTURE_PROGRAM = "tools/support/fixture_program/main.ts";

/** Environment variables that name the executables of main modules. */
const EXECUTABLES: Readonly<Record<string, string>> = {
  [FIXTURE_PROGRAM]: "ARCHWAY_FIXTURE_EXECUTABLE",
  "main.ts": "ARCHWAY_EXECUTABLE",
};

/** How a program is run. */
export interface ProgramOptions {
  /** Main module, from the root of the project. @default FIXTURE_PROGRAM */
  readonly main?: string;
  /**
   * Whether it is run from source in any case: for what an executable can only do if it was compiled for it.
   *
   * @default false
   */
  readonly fromSource?: boolean;
  /** Checkout that it runs in. @default this one */
  readonly root?: string;
}

/** Returns the command line and the working directory of a program. */
export function commandOf(
  args: readonly string[] = [],
  { main = FIXTURE_PROGRAM, fromSource = false, root = ROOT }: ProgramOptions = {},
): { readonly file: string; readonly args: string[]; readonly cwd: string } {
  const variable = EXECUTABLES[main];
  const executable = fromSource || variable === undefined ? undefined : Deno.env.get(variable);
  // An executable has to do with what is inside it.
  return executable
    ? { file: executable, args: [...args], cwd: dirname(executable) }
    : { file: Deno.execPath(), args: ["run", "-q", "-P", main, ...args], cwd: root };
}

/**
 * A program as a process of its own: its main module, or the executable that `ARCHWAY_FIXTURE_EXECUTABLE` names (of
 * main.ts: `ARCHWAY_EXECUTABLE`). Disposing kills it if it still runs.
 */
export class Program implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  /** What it has written to its standard output until now. */
  #written = "";
  readonly #stdout: Promise<string>;
  readonly #stderr: Promise<string>;
  readonly #url: PromiseWithResolvers<string> = Promise.withResolvers();
  readonly #metricsUrl: PromiseWithResolvers<string> = Promise.withResolvers();

  /** @param environment The variables that configure the program. */
  constructor(
    environment: Readonly<Record<string, string>>,
    args: readonly string[] = [],
    options: ProgramOptions = {},
  ) {
    const inherited = INHERITED.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    const { file, ...command } = commandOf(args, options);
    this.#process = new Deno.Command(file, {
      ...command,
      clearEnv: true,
      env: { ...Object.fromEntries(inherited), NO_COLOR: "1", PORT: "0", ...environment },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#url.promise.catch(() => {});
    this.#metricsUrl.promise.catch(() => {});
    this.#stdout = this.#read(this.#process.stdout, (text) => this.#written = text);
    this.#stderr = this.#read(this.#process.stderr);
    this.#stderr.then((stderr) => {
      const error = new Error(`The program ended before it listened: ${stderr}`);
      this.#url.reject(error);
      this.#metricsUrl.reject(error);
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Where it listens, once it does. Rejects when it ends before. */
  get url(): Promise<string> {
    return this.#url.promise;
  }

  /** Where its metrics are, once they are there; only with `ADMIN_PORT`. Rejects when it ends before. */
  get metricsUrl(): Promise<string> {
    return this.#metricsUrl.promise;
  }

  /** Resolves when it has written a text to its standard output. Rejects when it ends without. */
  async untilWritten(text: string): Promise<void> {
    let ended = false;
    void this.#stdout.then(() => ended = true);
    while (!this.#written.includes(text)) {
      if (ended) throw new Error(`The program ended and has not written ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Resolves when it has ended. */
  async ended(): Promise<Ending> {
    const { code } = await this.#process.status;
    return { code, stdout: await this.#stdout, stderr: await this.#stderr };
  }

  /** Ends it as supervisors do, and waits. */
  async stop(): Promise<Ending> {
    this.signal("SIGTERM");
    return await this.ended();
  }

  /** Ends it without warning, and waits. */
  async kill(): Promise<Ending> {
    this.signal("SIGKILL");
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.signal("SIGKILL");
    } catch (error) {
      // It ended by itself.
      if (!(error instanceof TypeError)) throw error;
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

/** The program of the project, main.ts, with the services that services.ts lists. */
export class MainProgram extends Program {
  constructor(
    environment: Readonly<Record<string, string>>,
    args: readonly string[] = [],
    options: Omit<ProgramOptions, "main"> = {},
  ) {
    super(environment, args, { ...options, main: "main.ts" });
  }
}

/** Resolves when the program says it is ready. */
export async function untilReady(url: string): Promise<void> {
  await untilReadiness(url, true);
}

/** Resolves when the program says it is not ready. */
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

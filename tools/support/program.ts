import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** What a child process needs of this one's environment; nothing that would configure the program. */
const INHERITED = [
  "PATH",
  "HOME",
  "DENO_DIR",
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

/** Which program is run. */
export interface ProgramOptions {
  /**
   * Whether it is main.ts in any case: for what an executable can only do where it was compiled for it.
   *
   * @default false
   */
  readonly fromSource?: boolean;
  /** Main module, from the root. @default {"main.ts"} */
  readonly main?: string;
  /** Checkout that it runs in. @default this one */
  readonly root?: string;
}

/**
 * The program as a process of its own: main.ts, or the executable that `ARCHWAY_EXECUTABLE` names. Disposing ends it
 * without warning, if it still runs.
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
    { fromSource = false, main = "main.ts", root = ROOT }: ProgramOptions = {},
  ) {
    const executable = fromSource ? undefined : Deno.env.get("ARCHWAY_EXECUTABLE");
    const inherited = INHERITED.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    this.#process = new Deno.Command(executable ?? Deno.execPath(), {
      args: executable ? [...args] : ["run", "-q", "-P", main, ...args],
      // The executable has to do with what is inside it.
      cwd: executable ? dirname(executable) : root,
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

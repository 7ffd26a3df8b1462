import { isOpen } from "../support/is_open.ts";
import { ChildProcess, type ChildProcessOptions } from "./child_process.ts";
import type { Target } from "./http_connection.ts";

/** A server in a process of its own, listening on a port of 127.0.0.1 that it chose and reported. */
export class HttpServerProcess implements AsyncDisposable {
  readonly target: Target;
  /** URL of its metrics, if it reported one before it listened. */
  readonly metricsUrl: string | undefined;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, { port, metricsUrl }: Listening) {
    this.#process = process;
    this.target = { hostname: "127.0.0.1", port };
    this.metricsUrl = metricsUrl;
  }

  /**
   * Starts a server that writes a line with its URL when it listens; one that was started with a PORT need not. Its
   * output is read from then on and discarded, as if an agent collected it.
   */
  static async start(options: ChildProcessOptions): Promise<HttpServerProcess> {
    await using stack = new AsyncDisposableStack();
    const process = stack.use(new ChildProcess(options));
    const chosen = Number(options.env?.["PORT"] ?? 0);
    const listening = chosen === 0 ? await readUrls(process) : await untilOpen(chosen);
    void process.drain();
    stack.move();
    return new HttpServerProcess(process, listening);
  }

  get pid(): number {
    return this.#process.pid;
  }

  url(path: string): string {
    return `http://${this.target.hostname}:${this.target.port}${path}`;
  }

  /** Waits for the first 200 of /readyz. */
  async untilReady(signal: AbortSignal): Promise<void> {
    await this.#untilReadiness(({ status }) => Promise.resolve(status === 200), signal);
  }

  /** Waits until none of its dependencies, required or optional, is unavailable. */
  async untilHealthy(signal: AbortSignal): Promise<void> {
    await this.#untilReadiness(async (response) => {
      const { status }: { readonly status: unknown } = await response.json();
      return status === "ok";
    }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  async #untilReadiness(isMet: (response: Response) => Promise<boolean>, signal: AbortSignal): Promise<void> {
    while (true) {
      signal.throwIfAborted();
      const response = await fetch(this.url("/readyz"), { signal });
      const met = await isMet(response);
      if (!response.bodyUsed) await response.body?.cancel();
      if (met) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

interface Listening {
  readonly port: number;
  readonly metricsUrl?: string | undefined;
}

async function readUrls(process: ChildProcess): Promise<Listening> {
  let metricsUrl: string | undefined;
  while (true) {
    const [url, port, path] = /http:\/\/127\.0\.0\.1:(\d+)(\/metrics)?/.exec(await process.readLine()) ?? [];
    // Metrics have a port of their own, which is reported first.
    if (path !== undefined) metricsUrl = url;
    else if (port !== undefined) return { port: Number(port), metricsUrl };
  }
}

async function untilOpen(port: number): Promise<Listening> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await isOpen(port)) return { port };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("A server of the bench did not listen");
}

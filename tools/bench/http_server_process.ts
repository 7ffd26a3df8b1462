import { isOpen } from "../support/is_open.ts";
import { ChildProcess, type ChildProcessOptions } from "./child_process.ts";
import type { Target } from "./http_connection.ts";

/** A server in a process of its own, listening on a port of 127.0.0.1 that it chose and told. */
export class HttpServerProcess implements AsyncDisposable {
  readonly target: Target;
  /** Where its metrics are, if it told so before it listened. */
  readonly metricsUrl: string | undefined;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, { port, metricsUrl }: Told) {
    this.#process = process;
    this.target = { hostname: "127.0.0.1", port };
    this.metricsUrl = metricsUrl;
  }

  /**
   * Starts a server that writes a line with its URL when it listens; one that is told its port need not. What it writes
   * from then on is read and thrown away, as if somebody kept it.
   */
  static async start(options: ChildProcessOptions): Promise<HttpServerProcess> {
    await using stack = new AsyncDisposableStack();
    const process = stack.use(new ChildProcess(options));
    const chosen = Number(options.env?.["PORT"] ?? 0);
    const told = chosen === 0 ? await readUrls(process) : await untilOpen(chosen);
    void process.drain();
    stack.move();
    return new HttpServerProcess(process, told);
  }

  get pid(): number {
    return this.#process.pid;
  }

  url(path: string): string {
    return `http://${this.target.hostname}:${this.target.port}${path}`;
  }

  /** Waits until a path is answered with 200. */
  async untilOk(path: string, signal: AbortSignal): Promise<void> {
    while (true) {
      signal.throwIfAborted();
      const response = await fetch(this.url(path), { signal });
      await response.body?.cancel();
      if (response.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Waits until nothing that it needs, or would like to have, is away. */
  async untilHealthy(signal: AbortSignal): Promise<void> {
    while (true) {
      signal.throwIfAborted();
      const response = await fetch(this.url("/readyz"), { signal });
      const { status }: { readonly status: unknown } = await response.json();
      if (status === "ok") return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

/** What is known of a server that listens. */
interface Told {
  readonly port: number;
  readonly metricsUrl?: string | undefined;
}

async function readUrls(process: ChildProcess): Promise<Told> {
  let metricsUrl: string | undefined;
  while (true) {
    const [url, port, path] = /http:\/\/127\.0\.0\.1:(\d+)(\/metrics)?/.exec(await process.readLine()) ?? [];
    // They have a port of their own, which is told first.
    if (path !== undefined) metricsUrl = url;
    else if (port !== undefined) return { port: Number(port), metricsUrl };
  }
}

async function untilOpen(port: number): Promise<Told> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await isOpen(port)) return { port };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("A program that was to be measured did not listen");
}

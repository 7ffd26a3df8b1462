import { ChildProcess, type ChildProcessOptions } from "./child_process.ts";
import type { Target } from "./http_connection.ts";

/** A server in a process of its own, listening on a port of 127.0.0.1 that it chose and told. */
export class HttpServerProcess implements AsyncDisposable {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, readonly target: Target) {
    this.#process = process;
  }

  /**
   * Starts a server that writes a line with its URL when it listens; one that is told its port need not. What it writes
   * from then on is read and thrown away, as if somebody kept it.
   */
  static async start(options: ChildProcessOptions): Promise<HttpServerProcess> {
    await using stack = new AsyncDisposableStack();
    const process = stack.use(new ChildProcess(options));
    const told = Number(options.env?.["PORT"] ?? 0);
    const port = told === 0 ? await readPort(process) : await untilOpen(told);
    void process.drain();
    stack.move();
    return new HttpServerProcess(process, { hostname: "127.0.0.1", port });
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

async function readPort(process: ChildProcess): Promise<number> {
  while (true) {
    const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(await process.readLine()) ?? [];
    if (port !== undefined) return Number(port);
  }
}

async function untilOpen(port: number): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    try {
      using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error("A program that was to be measured did not listen");
}

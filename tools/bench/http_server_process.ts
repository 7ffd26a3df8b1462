import { isOpen } from "../support/is_open.ts";
import { ChildProcess, type ChildProcessOptions } from "./child_process.ts";
import type { Target } from "./http_connection.ts";

/** A server in a process of its own, listening on a port of 127.0.0.1 that it chose and reported. */
export class HttpServerProcess extends ChildProcess {
  #port = 0;
  #metricsUrl: string | undefined;

  /**
   * Starts a server that writes a line with its URL when it listens; one that was started with a PORT need not. Its
   * output is read from then on and discarded, as if an agent collected it.
   */
  static async start(options: ChildProcessOptions): Promise<HttpServerProcess> {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(new HttpServerProcess(options));
    await server.#untilListening(Number(options.env?.["PORT"] ?? 0));
    void server.drain();
    stack.move();
    return server;
  }

  get target(): Target {
    return { hostname: "127.0.0.1", port: this.#port };
  }

  /** URL of its metrics, if it reported one before it listened. */
  get metricsUrl(): string | undefined {
    return this.#metricsUrl;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.#port}${path}`;
  }

  /** Waits for the first 200 of /readyz. */
  async untilReady(signal: AbortSignal): Promise<void> {
    while ((await this.#readiness(signal)).code !== 200) await pause(5);
  }

  /** Waits until none of its dependencies, required or optional, is unavailable. */
  async untilHealthy(signal: AbortSignal): Promise<void> {
    while ((await this.#readiness(signal)).status !== "ok") await pause(50);
  }

  async #readiness(signal: AbortSignal): Promise<{ readonly code: number; readonly status: unknown }> {
    const response = await fetch(this.url("/readyz"), { signal });
    const { status }: { readonly status?: unknown } = await response.json();
    return { code: response.status, status };
  }

  async #untilListening(chosen: number): Promise<void> {
    this.#port = chosen;
    for (let tries = 0; chosen !== 0 && !await isOpen(chosen); tries++) {
      if (tries === 1_000) throw new Error("A server of the bench did not listen");
      await pause(20);
    }
    while (this.#port === 0) {
      const [url, port, path] = /http:\/\/127\.0\.0\.1:(\d+)(\/metrics)?/.exec(await this.readLine()) ?? [];
      // Metrics have a port of their own, which is reported first.
      if (path !== undefined) this.#metricsUrl = url;
      else if (port !== undefined) this.#port = Number(port);
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

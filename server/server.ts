import { Deadlines } from "./deadlines.ts";
import { Exchange } from "./exchange.ts";
import { Lifecycle } from "./lifecycle.ts";
import { createPipeline } from "./pipeline.ts";
import { applyOptions, type ServerOption } from "./server_options.ts";
import { stopListener } from "./stop_listener.ts";

/** How long a request lasts before the server looks whether its client has left, in milliseconds. */
const CLIENT_WATCH_MS = 100;

/** How a server stopped. */
export interface ShutdownResult {
  /** The requests that were ended before they had finished; 0 after a clean stop. */
  readonly cutOff: number;
}

/** An HTTP server, listening or not. Disposing shuts it down. */
export interface Server extends AsyncDisposable {
  /**
   * Starts to accept connections. Port 0 takes a free one; the address given tells which.
   * @throws {ListenError} in one line when the address cannot be had.
   */
  listen(): Promise<{ readonly url: string }>;
  /** Answers a request without a network, for tests. */
  fetch(request: Request): Promise<Response>;
  /**
   * Stops: not ready at once, after the wait no longer accepting, after the requests in flight have finished, or
   * their time is up, gone. Every call gives the same promise.
   */
  shutdown(): Promise<ShutdownResult>;
}

/** The address cannot be had; the message says which and why, in one line. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** Creates a server for one address; nothing runs until it listens. */
export function createServer(host: string, port: number, ...options: ServerOption[]): Server {
  const settings = applyOptions(options);
  const { logger, drain, publicUrl } = settings;
  const lifecycle = new Lifecycle();
  const readDeadlines = new Deadlines(settings.readTimeoutMs);
  const writeDeadlines = new Deadlines(settings.writeTimeoutMs);
  const clientDeadlines = new Deadlines(CLIENT_WATCH_MS);
  const serve = settings.observers.reduceRight(
    (inner, observe) => observe(inner),
    createPipeline(settings, { lifecycle, readDeadlines, writeDeadlines, clientDeadlines }),
  );
  const abort = new AbortController();
  let listener: Deno.HttpServer<Deno.NetAddr> | undefined;
  let stopping: Promise<ShutdownResult> | undefined;

  async function handle(request: Request): Promise<Response> {
    lifecycle.enter();
    try {
      return await serve(new Exchange(request, publicUrl));
    } finally {
      lifecycle.leave();
    }
  }

  async function stop(): Promise<ShutdownResult> {
    logger.info("Server is draining", { inFlight: lifecycle.inFlight });
    const cutOff = await stopListener(listener, {
      lifecycle,
      drain,
      deadlines: writeDeadlines,
      bodies: readDeadlines,
      abort,
    });
    readDeadlines[Symbol.dispose]();
    writeDeadlines[Symbol.dispose]();
    clientDeadlines[Symbol.dispose]();
    if (cutOff > 0) logger.warn("Server stopped and cut off {cutOff} requests", { cutOff });
    else logger.info("Server stopped");
    return { cutOff };
  }

  return {
    // deno-lint-ignore require-await -- so that a fault of the address rejects, as callers expect of a promise
    async listen(): Promise<{ url: string }> {
      try {
        listener = Deno.serve(
          { hostname: host, port, signal: abort.signal, onListen(): void {} },
          (request) => handle(request),
        );
      } catch (cause) {
        throw new ListenError(`Cannot listen on ${host}:${port}: ${bindReason(cause)}`, { cause });
      }
      const { hostname, port: bound } = listener.addr;
      const url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${bound}`;
      logger.info("Server is listening on {url}", { url });
      return { url };
    },
    fetch: handle,
    shutdown: () => stopping ??= stop(),
    async [Symbol.asyncDispose](): Promise<void> {
      await (stopping ??= stop());
    },
  };
}

function bindReason(cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) return "the address is already in use";
  if (cause instanceof Deno.errors.AddrNotAvailable) return "the address is not one of this machine";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission is denied";
  return cause instanceof Error ? cause.message : "the address cannot be had";
}

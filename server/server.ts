import { Admission } from "./admission/admission.ts";
import { overloaded } from "./admission/overloaded.ts";
import type { Listener, Peer } from "./listener.ts";
import { openListener } from "./listener/open_listener.ts";
import { stopListener } from "./listener/stop_listener.ts";
import { TlsWatch } from "./listener/tls_watch.ts";
import { compressing } from "./representation/compress.ts";
import { Deadlines } from "./request/deadlines.ts";
import { Exchange } from "./request/exchange.ts";
import { Lifecycle } from "./request/lifecycle.ts";
import { createPipeline } from "./request/pipeline.ts";
import type { Serve } from "./request_observer.ts";
import { OpenStreams } from "./streams/open_streams.ts";
import { applyOptions, type ServerOption } from "./server_options.ts";
import { readTls } from "./tls.ts";

/** Duration after which a request starts to watch for its client's disconnect, in milliseconds. */
const CLIENT_WATCH_MS = 100;

/** Result of a shutdown. */
export interface ShutdownResult {
  /** Number of requests cancelled before they finished; 0 after a clean stop. */
  readonly cancelled: number;
}

/** Options of a shutdown. */
export interface ShutdownOptions {
  /**
   * Whether another process on the same address takes over: the server does not wait, remains ready, and serves what
   * still arrives on its connections.
   *
   * @default {false}
   */
  readonly handover?: boolean;
}

/** Options of {@link Server.fetch}. */
export interface FetchOptions {
  /** Address that the request comes from, as that of a connection; undefined if unknown. */
  readonly clientAddress?: string | undefined;
  /** Time until the request gets the response 503, if that is shorter than the server's timeout, in milliseconds. */
  readonly respondWithinMs?: number;
}

/** HTTP server. Disposing shuts it down. */
export interface Server extends AsyncDisposable {
  /**
   * Starts to accept connections and returns the URL, with the chosen port if the port is 0.
   *
   * @throws {ListenError} if the address is unavailable.
   * @throws {TlsError} if the certificate or its key cannot be used.
   */
  listen(): Promise<{ readonly url: string }>;
  /** Serves a request that does not come over a connection of the server. */
  fetch(request: Request, options?: FetchOptions): Promise<Response>;
  /**
   * Stops gracefully. The server reports not ready at once, stops accepting after the wait, and ends when the requests
   * in flight have finished or timed out. All calls return the same promise.
   */
  shutdown(options?: ShutdownOptions): Promise<ShutdownResult>;
}

/** HSTS policy: browsers must use TLS for a year (RFC 6797). */
const STRICT_TRANSPORT = "max-age=31536000";

/** Creates a server for one address; it does nothing until it listens. */
export function createServer(host: string, port: number, ...options: ServerOption[]): Server {
  const settings = applyOptions(options);
  const { logger, drain, publicUrl, tls, trustedProxies: proxies } = settings;
  const lifecycle = new Lifecycle();
  const readDeadlines = new Deadlines(settings.readTimeoutMs);
  const writeDeadlines = new Deadlines(settings.writeTimeoutMs);
  const clientDeadlines = new Deadlines(CLIENT_WATCH_MS);
  const { heartbeatMs } = settings;
  const streams = new OpenStreams({ lifecycle, writeDeadlines, heartbeatMs, logger });
  const plain = createPipeline(settings, {
    lifecycle,
    readDeadlines,
    writeDeadlines,
    clientDeadlines,
    streams,
  });
  const { compressMinBytes } = settings;
  const pipeline = compressMinBytes > 0 ? compressing(plain, compressMinBytes) : plain;
  const admission = settings.admission && new Admission(settings.admission, { logger });
  const serve = settings.observers.reduceRight(
    (inner, observe) => observe(inner),
    admission === undefined
      ? pipeline
      : admitting(pipeline, { admission, refuse: overloaded(settings.modules) }),
  );
  let listener: Listener | undefined;
  let tlsWatch: TlsWatch | undefined;
  let stopping: Promise<ShutdownResult> | undefined;

  async function handle(request: Request, peer?: Peer, respondWithinMs?: number): Promise<Response> {
    lifecycle.enter();
    try {
      const exchange = new Exchange(request, { publicUrl, peer, proxies });
      exchange.respondWithinMs = respondWithinMs;
      const response = await serve(exchange);
      if (exchange.body !== undefined && exchange.method !== "HEAD") {
        peer?.responding?.(exchange.body.length, request);
      }
      if (tls !== undefined) response.headers.set("Strict-Transport-Security", STRICT_TRANSPORT);
      return response;
    } finally {
      lifecycle.leave();
    }
  }

  async function open(): Promise<Listener> {
    const address = { hostname: host, port, reusePort: settings.reusePort };
    if (tls === undefined) return await openListener(handle, address, settings);
    const pair = await readTls(tls);
    const opened = await openListener(handle, { ...address, tls: pair }, settings);
    tlsWatch = new TlsWatch(tls, pair, {
      everyMs: tls.rereadMs,
      logger,
      onChanged(changed): boolean {
        opened.replaceTls?.(changed);
        return opened.replaceTls !== undefined;
      },
    });
    return opened;
  }

  async function stop({ handover = false }: ShutdownOptions = {}): Promise<ShutdownResult> {
    lifecycle.handsOver = handover;
    logger.info("Server is draining", { inFlight: lifecycle.inFlight });
    tlsWatch?.[Symbol.dispose]();
    const cancelled = await stopListener(listener, {
      lifecycle,
      drain: handover ? { ...drain, waitMs: 0 } : drain,
      deadlines: writeDeadlines,
      bodies: readDeadlines,
      streams,
    });
    streams[Symbol.dispose]();
    readDeadlines[Symbol.dispose]();
    writeDeadlines[Symbol.dispose]();
    clientDeadlines[Symbol.dispose]();
    admission?.[Symbol.dispose]();
    if (cancelled > 0) {
      logger.warn("Server stopped; {cancelled} unfinished requests cancelled", { cancelled });
    } else logger.info("Server stopped");
    return { cancelled };
  }

  return {
    async listen(): Promise<{ url: string }> {
      listener = await open();
      const { hostname, port: bound } = listener.addr;
      const scheme = tls === undefined ? "http" : "https";
      const url = `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${bound}`;
      logger.info("Server is listening on {url}", { url });
      return { url };
    },
    fetch: (request, { clientAddress: hostname, respondWithinMs } = {}) => {
      const peer = hostname === undefined
        ? undefined
        : { remoteAddr: { transport: "tcp", hostname, port: 0 } } as const;
      return handle(request, peer, respondWithinMs);
    },
    shutdown: (options) => stopping ??= stop(options),
    async [Symbol.asyncDispose](): Promise<void> {
      await (stopping ??= stop());
    },
  };
}

/** Health checks, which are never rejected: orchestrators rely on them, and they explain an overload. */
const HEALTH_PATHS = new Set(["/livez", "/readyz", "/healthz"]);

/** Wraps a server with admission control. */
function admitting(
  serve: Serve,
  { admission, refuse }: { readonly admission: Admission; readonly refuse: (exchange: Exchange) => Response },
): Serve {
  async function serveAdmitted(exchange: Exchange): Promise<Response> {
    try {
      return await serve(exchange);
    } finally {
      admission.release();
    }
  }

  return function admit(exchange): Promise<Response> {
    if (HEALTH_PATHS.has(exchange.path)) return serve(exchange);
    if (admission.tryAcquire()) return serveAdmitted(exchange);
    return admission.wait().then((admitted) => admitted ? serveAdmitted(exchange) : refuse(exchange));
  };
}

import { bindReason, ListenError } from "@archway/server/listener.ts";

/** What the metrics are, as a scraper is told them. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Where the admin server listens. */
export interface AdminAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** What else an admin server tells. */
export interface AdminServerOptions {
  /**
   * Whether the program does what it is there for: told at `/readyz`, where there is no service that tells it. Absent:
   * there are no such paths.
   */
  readonly isReady?: () => boolean;
}

/** A server beside the service, for those who run it. Disposing closes it. */
export interface AdminServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves `/metrics` on an address of its own, which clients of the service need not reach.
 *
 * @throws {ListenError} in one line when the address cannot be had.
 */
export function startAdminServer(
  { host, port }: AdminAddress,
  metrics: MetricsSource,
  { isReady }: AdminServerOptions = {},
): AdminServer {
  const abort = new AbortController();
  const listener = listen();
  const { hostname, port: bound } = listener.addr;
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${bound}`,
    async [Symbol.asyncDispose](): Promise<void> {
      // Not shut down: whoever sends half a request would hold the program.
      abort.abort();
      await listener.finished;
    },
  };

  function listen(): Deno.HttpServer<Deno.NetAddr> {
    try {
      const options = { hostname: host, port, signal: abort.signal, onListen(): void {} };
      return Deno.serve(options, (request) => answer(request, metrics, isReady));
    } catch (cause) {
      throw new ListenError(`Cannot listen on ${host}:${port} for metrics: ${bindReason(cause)}`, { cause });
    }
  }
}

async function answer(
  { method, url }: Request,
  metrics: MetricsSource,
  isReady: AdminServerOptions["isReady"],
): Promise<Response> {
  const path = URL.parse(url)?.pathname;
  const health = isReady !== undefined && (path === "/livez" || path === "/readyz");
  if (path !== "/metrics" && !health) return text("Not found\n", { status: 404 });
  if (method !== "GET" && method !== "HEAD") {
    return text("Method not allowed\n", { status: 405, headers: { Allow: "GET, HEAD" } });
  }
  if (health) {
    const well = path === "/livez" || isReady();
    return text(well ? "ok\n" : "unavailable\n", {
      status: well ? 200 : 503,
      headers: { "Cache-Control": "no-store" },
    });
  }
  return text(method === "HEAD" ? null : await metrics.text(), {
    headers: { "Content-Type": metrics.contentType, "Cache-Control": "no-store" },
  });
}

function text(body: string | null, { status = 200, headers = {} }: ResponseInit): Response {
  return new Response(body, { status, headers: { "Content-Type": "text/plain; charset=utf-8", ...headers } });
}

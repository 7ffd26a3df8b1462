import { isPrivateHost } from "@archway/server/addresses.ts";
import type { ToolEndpoint } from "@archway/service_kit/developer_tool.ts";
import { bindReason, ListenError } from "@archway/server/listener.ts";

/** Source of metrics for a scraper. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Address on which the admin server listens. */
export interface AdminAddress {
  readonly host: string;
  /** Port, or 0 for any free one. */
  readonly port: number;
}

/** Options of an admin server. */
export interface AdminServerOptions {
  /**
   * Readiness of a program without services. If present, the server also serves `/livez` and `/readyz`.
   */
  readonly isReady?: () => boolean;
  /**
   * Whether hosts that may be public DNS names are refused with 421, against DNS rebinding by pages in a browser on this
   * machine.
   *
   * @default false
   */
  readonly privateHostsOnly?: boolean;
  /** Serves further paths; undefined for those that it has not. @default none */
  readonly endpoint?: ToolEndpoint;
}

/** HTTP server for operators, on its own port. Disposing closes it. */
export interface AdminServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Starts a server for `/metrics` on an address of its own, which need not be reachable for clients of the service.
 *
 * @throws {ListenError} if the address is not available.
 */
export function startAdminServer(
  { host, port }: AdminAddress,
  metrics: MetricsSource,
  { isReady, privateHostsOnly = false, endpoint }: AdminServerOptions = {},
): AdminServer {
  const abort = new AbortController();
  const listener = listen();
  const { hostname, port: bound } = listener.addr;
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${bound}`,
    async [Symbol.asyncDispose](): Promise<void> {
      // Aborted instead of shut down, which would wait for incomplete requests.
      abort.abort();
      await listener.finished;
    },
  };

  function listen(): Deno.HttpServer<Deno.NetAddr> {
    try {
      const options = { hostname: host, port, signal: abort.signal, onListen(): void {} };
      return Deno.serve(
        options,
        (request, { remoteAddr }) =>
          privateHostsOnly && !isPrivateHost(request.headers.get("Host") ?? authorityOf(request))
            ? text("Misdirected request: use an address or a private name\n", { status: 421 })
            : endpoint?.(request, remoteAddr.hostname) ?? respond(request, metrics, isReady),
      );
    } catch (cause) {
      const reason = bindReason(cause, "ADMIN_PORT");
      throw new ListenError(`Cannot listen on ${host}:${port} for metrics: ${reason}`, { cause });
    }
  }
}

/** Returns the authority of a request without `Host`, such as one of HTTP/2. */
function authorityOf({ url }: Request): string {
  return URL.parse(url)?.host ?? "";
}

async function respond(
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
    const healthy = path === "/livez" || isReady();
    return text(healthy ? "ok\n" : "unavailable\n", {
      status: healthy ? 200 : 503,
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

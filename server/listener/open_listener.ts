import { HttpListener } from "./http_listener.ts";
import { bindReason, type Handle, type Listener, type ListenerOptions, ListenError } from "../listener.ts";
import type { ServerOptions } from "../server_options.ts";

/**
 * Starts to listen, with connection limits if configured.
 *
 * @throws {ListenError} if the address is unavailable.
 */
export async function openListener(
  handle: Handle,
  options: ListenerOptions,
  settings: ServerOptions,
): Promise<Listener> {
  const { connectionLimits, logger, readTimeoutMs: readMs, writeTimeoutMs: writeMs } = settings;
  const proxies = settings.proxyProtocol ? settings.trustedProxies : undefined;
  try {
    if (connectionLimits === undefined) return new HttpListener(handle, options);
    // Loaded on demand, as most programs are behind a proxy that does the same.
    const { LimitedListener } = await import("./connection_limits/limited_listener.ts");
    return new LimitedListener(handle, {
      ...options,
      logger,
      proxies,
      limits: { ...connectionLimits, readMs, writeMs },
    });
  } catch (cause) {
    const { hostname, port } = options;
    throw new ListenError(`Cannot listen on ${hostname}:${port}: ${bindReason(cause)}`, { cause });
  }
}

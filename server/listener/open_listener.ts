import { LimitedListener } from "./connection_limits/limited_listener.ts";
import { HttpListener } from "./http_listener.ts";
import { bindReason, type Handle, type Listener, type ListenerOptions, ListenError } from "../listener.ts";
import type { ServerOptions } from "../server_options.ts";

/**
 * Listens, behind a guard where that is set.
 * @throws {ListenError} in one line when the address cannot be had.
 */
export function openListener(handle: Handle, options: ListenerOptions, settings: ServerOptions): Listener {
  const { connectionLimits, logger, readTimeoutMs: readMs, writeTimeoutMs: writeMs } = settings;
  try {
    if (connectionLimits === undefined) return new HttpListener(handle, options);
    return new LimitedListener(handle, {
      ...options,
      logger,
      limits: { ...connectionLimits, readMs, writeMs },
    });
  } catch (cause) {
    const { hostname, port } = options;
    throw new ListenError(`Cannot listen on ${hostname}:${port}: ${bindReason(cause)}`, { cause });
  }
}

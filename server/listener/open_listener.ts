import { GuardedListener } from "./guard/guarded_listener.ts";
import { HttpListener } from "./http_listener.ts";
import { bindReason, type Handle, type Listener, type ListenerOptions, ListenError } from "../listener.ts";
import type { ServerSettings } from "../server_options.ts";

/**
 * Listens, behind a guard where that is set.
 * @throws {ListenError} in one line when the address cannot be had.
 */
export function openListener(handle: Handle, options: ListenerOptions, settings: ServerSettings): Listener {
  const { guard, logger, readTimeoutMs: readMs, writeTimeoutMs: writeMs } = settings;
  try {
    if (guard === undefined) return new HttpListener(handle, options);
    return new GuardedListener(handle, { ...options, logger, limits: { ...guard, readMs, writeMs } });
  } catch (cause) {
    const { hostname, port } = options;
    throw new ListenError(`Cannot listen on ${hostname}:${port}: ${bindReason(cause)}`, { cause });
  }
}

import { GuardedListener } from "./guard/guarded_listener.ts";
import { HttpListener } from "./http_listener.ts";
import type { Handle, Listener, ListenerOptions } from "./listener.ts";
import type { ServerSettings } from "./server_options.ts";

/** The address cannot be had; the message says which and why, in one line. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

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

/** Why an address cannot be had, in words. */
export function bindReason(cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) return "the address is already in use";
  if (cause instanceof Deno.errors.AddrNotAvailable) return "the address is not one of this machine";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission is denied";
  return cause instanceof Error ? cause.message : "the address cannot be had";
}

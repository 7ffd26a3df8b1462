import { DatabaseError } from "../../errors.ts";
import type { InstanceConfig } from "../pool_config.ts";

/** Returns the current password of a server. Rejects with code "unavailable" on failure, timeout or abort. */
export async function readPassword(
  { password, readPassword: read }: InstanceConfig,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<string> {
  if (read === undefined) return password;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const controller = new AbortController();
  const end = (reason: unknown): void => {
    controller.abort(reason);
    reject(reason);
  };
  const timer = setTimeout(() => end(new Error(`No password within ${timeoutMs} ms`)), timeoutMs);
  const onAbort = (): void => end(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  try {
    signal?.throwIfAborted();
    return await Promise.race([read({ signal: controller.signal }), late]);
  } catch (cause) {
    throw new DatabaseError("unavailable", "The password of the database could not be read", { cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

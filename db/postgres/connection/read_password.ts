import { DatabaseError } from "../../errors.ts";
import type { InstanceConfig } from "../pool_config.ts";

/** Returns the current password of a server. Rejects with code "unavailable" on failure or timeout. */
export async function readPassword(
  { password, readPassword: read }: InstanceConfig,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<string> {
  if (read === undefined) return password;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const controller = new AbortController();
  const timer = setTimeout(() => {
    const error = new Error(`No password within ${timeoutMs} ms`);
    controller.abort(error);
    reject(error);
  }, timeoutMs);
  try {
    return await Promise.race([read({ signal: controller.signal }), late]);
  } catch (cause) {
    throw new DatabaseError("unavailable", "The password of the database could not be read", { cause });
  } finally {
    clearTimeout(timer);
  }
}

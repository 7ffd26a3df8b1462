import type { Socket } from "node:net";
import { openDriver } from "./open_driver.ts";
import { openSocket } from "./open_socket.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";

/** Options of {@link cancelStatement}. */
export interface CancelStatementOptions {
  readonly instance: InstanceConfig;
  readonly config: Omit<PoolConfig, "primary" | "replicas">;
}

/**
 * Sends a cancel request for a running statement of postgres.js, on a connection of its own. Resolves when the request
 * has been sent; never rejects. The driver's own `cancel()` is not used: its failure cannot be caught, and cancelling
 * a statement queued behind others makes its response go to the next one. This uses the function that `cancel()` would
 * call, of a driver that never connects otherwise.
 */
export async function cancelStatement(
  pending: object,
  { instance, config }: CancelStatementOptions,
): Promise<void> {
  if (Reflect.get(pending, "active") !== true) return;
  const { connectTimeoutMs: timeoutMs = 5_000 } = config;
  let socket: Socket | undefined;
  // Over TLS the driver waits for the end of a socket that it created itself, and removes its own listener from it.
  const connect = async (): Promise<Socket> => socket = await openSocket(instance, { timeoutMs });
  const idle = openDriver({ ...instance, maxConnections: 1 }, config, { connect }).unsafe("");
  const canceller: unknown = Reflect.get(idle, "canceller");
  if (typeof canceller !== "function") return;
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, 2 * timeoutMs);
  try {
    // A server that hangs would block this for as long.
    await Promise.race([canceller(pending), late]);
  } catch {
    // The statement runs until its timeout on the server.
  } finally {
    clearTimeout(timer);
    socket?.destroy();
  }
}

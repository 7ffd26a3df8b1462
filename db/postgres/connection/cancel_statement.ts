import type { Socket } from "node:net";
import { openDriver } from "./open_driver.ts";
import { openSocket } from "./open_socket.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";

/** Where the statement runs. */
export interface CancelStatementOptions {
  readonly instance: InstanceConfig;
  readonly config: Omit<PoolConfig, "primary" | "replicas">;
}

/**
 * Asks the server, on a connection of its own, to stop a statement of postgres.js that runs now. Resolves when the
 * request is through; never rejects. The driver's own `cancel()` is not used: its failure cannot be caught, and a
 * statement that waits behind others gives its answer to the next one when it is cancelled. What does the work is
 * what `cancel()` would call, of a driver that never connects otherwise.
 */
export async function cancelStatement(
  pending: object,
  { instance, config }: CancelStatementOptions,
): Promise<void> {
  if (Reflect.get(pending, "active") !== true) return;
  const { connectTimeoutMs: timeoutMs = 5_000 } = config;
  let socket: Socket | undefined;
  // Over TLS the driver waits for the end of a socket that it makes itself, and takes its own ear off it.
  const connect = async (): Promise<Socket> => socket = await openSocket(instance, { timeoutMs });
  const idle = openDriver({ ...instance, maxConnections: 1 }, config, { connect }).unsafe("");
  const canceller: unknown = Reflect.get(idle, "canceller");
  if (typeof canceller !== "function") return;
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, 2 * timeoutMs);
  try {
    // A server that stands still would be waited for as long as it does.
    await Promise.race([canceller(pending), late]);
  } catch {
    // The statement goes on until the server's own deadline for it.
  } finally {
    clearTimeout(timer);
    socket?.destroy();
  }
}

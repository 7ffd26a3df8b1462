import { openDriver } from "./open_driver.ts";
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
  const idle = openDriver({ ...instance, maxConnections: 1 }, config).unsafe("");
  const canceller: unknown = Reflect.get(idle, "canceller");
  if (typeof canceller !== "function") return;
  try {
    await canceller(pending);
  } catch {
    // The statement goes on until the server's own deadline for it.
  }
}

import type { CheckIdleOptions } from "../../db.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";

/** Closes idle connections that do not respond to a statement in time, or all after a long pause; see `ConnectionPool`. */
export async function checkIdle(
  connections: Connections,
  { pausedMs, timeoutMs, idleTimeoutMs }: CheckIdleOptions & {
    /** Idle time after which the other side may have closed a connection, in milliseconds; 0 if it does not. */
    readonly idleTimeoutMs: number;
  },
): Promise<void> {
  const isTooOld = idleTimeoutMs > 0 && pausedMs >= idleTimeoutMs;
  const checks: Promise<void>[] = [];
  for (let idle = connections.acquireIdle(); idle !== undefined; idle = connections.acquireIdle()) {
    if (isTooOld) idle.destroy();
    else checks.push(check(idle, timeoutMs).finally(() => connections.release(idle)));
  }
  await Promise.all(checks);
}

async function check(connection: Connection, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => connection.destroy(), timeoutMs);
  try {
    await connection.query("SELECT 1");
  } catch {
    connection.destroy();
  } finally {
    clearTimeout(timer);
  }
}

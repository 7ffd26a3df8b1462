import type { Querier } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { InstanceConnections } from "./instance_connections.ts";
import { UnsuitableServerError } from "./unsuitable_server_error.ts";
import { toDatabaseError } from "./to_database_error.ts";

/** Reason of an unhealthy server that does not respond at all. */
export const UNREACHABLE = "unreachable";

/** SQLSTATE of a server, database or role whose maximum of connections is reached. */
export const TOO_MANY_CONNECTIONS = "53300";

/** Timeout of a probe. The message is for operators, the reason for users. */
class ProbeTimeoutError extends DatabaseError {
  readonly reason: string;

  constructor(timeoutMs: number) {
    super("unavailable", `The database did not respond within ${timeoutMs} ms`);
    this.reason = `no response within ${timeoutMs} ms`;
  }
}

/**
 * Runs a health probe on connections reserved for it. On failure or timeout, rejects and drops the connections: a server
 * that hangs never closes them.
 */
export async function queryWithTimeout<T>(
  connections: InstanceConnections,
  probe: (server: Querier) => Promise<T>,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = (): void => reject(new ProbeTimeoutError(timeoutMs));
  // In two halves: if this process was blocked that long, responses that have arrived are read in between.
  let timer = setTimeout(() => timer = setTimeout(late, timeoutMs / 2), timeoutMs / 2);
  try {
    return await Promise.race([probe(connections.querier), promise]);
  } catch (error) {
    connections.cut();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Returns a user-facing reason without addresses or credentials. */
export function probeErrorReason(error: unknown): string {
  if (error instanceof ProbeTimeoutError || error instanceof UnsuitableServerError) return error.reason;
  const { code, sqlState = "" } = toDatabaseError(error);
  if (sqlState.startsWith("28")) return "authentication failed";
  if (sqlState === TOO_MANY_CONNECTIONS) return "no connection left for the health probe";
  if (sqlState.startsWith("3D")) return "database does not exist";
  // A lost connection during a probe leaves no write in doubt.
  if (code === "unavailable" || code === "outcome-unknown") return UNREACHABLE;
  return code === "timeout" ? "no response in time" : "health probe failed";
}

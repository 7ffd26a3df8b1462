import type { Querier } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { InstanceConnections } from "./instance_connections.ts";
import { toDatabaseError } from "./to_database_error.ts";

/** Why a server cannot be used that does not answer at all. */
export const UNREACHABLE = "It cannot be reached";

/** A server took too long to answer; the message is for people. */
class ProbeTimeoutError extends DatabaseError {
  constructor(timeoutMs: number) {
    super("unavailable", `It did not answer within ${timeoutMs} ms`);
  }
}

/**
 * Asks a server how it is, on connections that are there for that alone. Rejects when it cannot be reached or does not
 * answer in time, and gives the connections up then: a server that stands still never ends them.
 */
export async function queryWithTimeout<T>(
  connections: InstanceConnections,
  ask: (server: Querier) => Promise<T>,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = (): void => reject(new ProbeTimeoutError(timeoutMs));
  // In two halves: where this process itself was busy for so long, what has arrived meanwhile is read in between.
  let timer = setTimeout(() => timer = setTimeout(late, timeoutMs / 2), timeoutMs / 2);
  try {
    return await Promise.race([ask(connections.querier), promise]);
  } catch (error) {
    connections.cut();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Why a server cannot be used, for people, without a word of how it is reached. */
export function probeErrorReason(error: unknown): string {
  if (error instanceof ProbeTimeoutError) return error.message;
  const { code, sqlState = "" } = toDatabaseError(error);
  if (sqlState.startsWith("28")) return "It does not let the user in";
  if (sqlState.startsWith("3D")) return "It has no such database";
  // A connection that is lost under the question has no outcome to be in doubt of.
  if (code === "unavailable" || code === "outcome-unknown") return UNREACHABLE;
  return code === "timeout" ? "It did not answer in time" : "The check failed";
}

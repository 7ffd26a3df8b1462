import type { InstanceHealth, Querier } from "../db.ts";
import { DatabaseError } from "../errors.ts";
import { toDatabaseError } from "./connection/to_database_error.ts";

/** The server to ask. */
export interface CheckedInstance {
  readonly name: string;
  readonly role: "primary" | "replica";
  readonly querier: Querier;
}

/** How long it may take. */
export interface CheckHealthOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Asks one server whether it can play its role. Never rejects, and answers when the time is up. */
export async function checkHealth(
  instance: CheckedInstance,
  options: CheckHealthOptions,
): Promise<InstanceHealth> {
  const { name, role, querier } = instance;
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timer.signal]) : timer.signal;
  try {
    const { rows } = await querier.query<{ readOnly: boolean }>(
      `SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "readOnly"`,
      [],
      { signal },
    );
    if (role === "primary" && rows[0]?.readOnly !== false) {
      return { name, role, healthy: false, reason: "It does not accept writes" };
    }
    return { name, role, healthy: true };
  } catch (error) {
    // That there is more to do than connections for it says nothing against the server.
    if (error instanceof DatabaseError && error.code === "saturated") return { name, role, healthy: true };
    const reason = timer.signal.aborted
      ? `It did not answer within ${options.timeoutMs} ms`
      : reasons[toDatabaseError(error).code] ?? "The check failed";
    return { name, role, healthy: false, reason };
  } finally {
    clearTimeout(timeout);
  }
}

const reasons: Readonly<Record<string, string>> = {
  cancelled: "The check was cancelled",
  timeout: "It did not answer in time",
  unavailable: "It cannot be reached",
  "outcome-unknown": "It cannot be reached",
};

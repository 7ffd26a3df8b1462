import type { Querier, QueryOptions } from "../db.ts";

/** How a server is asked. */
export interface ReadDatabaseBytesOptions extends QueryOptions {
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The bytes that the database takes on the server's disk, as the server itself counts them; undefined where it does
 * not answer in time, or the user may not know.
 */
export async function readDatabaseBytes(
  server: Querier,
  { timeoutMs, signal }: ReadDatabaseBytesOptions,
): Promise<bigint | undefined> {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), timeoutMs);
  try {
    const { rows: [row] } = await server.query<{ bytes: bigint }>(
      "SELECT pg_database_size(current_database()) AS bytes",
      [],
      { signal: signal === undefined ? timer.signal : AbortSignal.any([signal, timer.signal]) },
    );
    return row?.bytes;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timeout);
  }
}

import type { Querier } from "../db.ts";

/** Options of {@link readDatabaseBytes}. */
export interface ReadDatabaseBytesOptions {
  /** Timeout in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Returns the size of the database on disk in bytes, as reported by the server. Undefined on timeout or if the user
 * lacks the privilege.
 */
export async function readDatabaseBytes(
  server: Querier,
  { timeoutMs }: ReadDatabaseBytesOptions,
): Promise<bigint | undefined> {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), timeoutMs);
  try {
    const { rows: [row] } = await server.query<{ bytes: bigint }>(
      "SELECT pg_database_size(current_database()) AS bytes",
      [],
      { signal: timer.signal },
    );
    return row?.bytes;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timeout);
  }
}

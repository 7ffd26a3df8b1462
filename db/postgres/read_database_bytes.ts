import type { Querier } from "../db.ts";

/** How a server is asked. */
export interface ReadDatabaseBytesOptions {
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The bytes that the database takes on the server's disk, as the server itself counts them; undefined where it does
 * not answer in time, or the user may not know.
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

import { HttpConnection, type Target } from "./http_connection.ts";
import { type LoadOptions, type LoadResult, runLoad } from "./run_load.ts";
import type { Workload } from "./workload.ts";

/** Options of {@link loadServer}. */
export interface ServerLoadOptions extends LoadOptions {
  /** Clients, each with a kept-alive connection and one request in flight at any time (closed loop). */
  readonly connections: number;
  /** Whether the server may reject requests with 503. @default {false} */
  readonly mayReject?: boolean;
  /** Called when the clients have sent their preparing requests, before the load. */
  readonly onPrepared?: () => Promise<void>;
}

/** Sends a workload to a server. Rejects if a connection broke, or a status was neither 2xx nor 503 where it may be. */
export async function loadServer(
  target: Target,
  workload: Workload,
  { connections, mayReject = false, onPrepared, ...options }: ServerLoadOptions,
): Promise<LoadResult> {
  using stack = new DisposableStack();
  const clients = Array.from({ length: connections }, async (_, connection) => {
    const http = stack.use(await HttpConnection.open(target));
    return await workload((request) => http.exchange(request), { connection, connections });
  });
  const prepared = await Promise.all(clients);
  await onPrepared?.();
  const result = await runLoad(prepared, options);
  const { "503": rejected = 0 } = result.otherStatuses;
  const unexpected = Object.entries(result.otherStatuses)
    .flatMap(([status, count]) => mayReject && status === "503" ? [] : [`${count} times ${status}`]);
  if (unexpected.length > 0) {
    throw new Error(`The load failed: the server responded ${unexpected.join(", ")}`);
  }
  return mayReject ? { ...result, rejected } : result;
}

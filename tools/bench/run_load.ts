import { Histogram } from "./histogram.ts";

/** Amount of load, and its duration. */
export interface LoadOptions {
  readonly milliseconds: number;
  /**
   * Rate at which requests are due, over all clients: each waits until its next one is due, and sends one that is overdue
   * as soon as it has the response to the last one.
   *
   * @default unlimited
   */
  readonly perSecond?: number;
  /** Ends the load early. @default never */
  readonly signal?: AbortSignal;
}

/** Measurements of a load. */
export interface LoadResult {
  /** Responses with a 2xx status. */
  readonly requests: number;
  readonly seconds: number;
  /** In microseconds. */
  readonly p50: number;
  /** In microseconds. */
  readonly p99: number;
  /** Number of responses by other statuses. */
  readonly otherStatuses: Readonly<Record<string, number>>;
  /** Number of expected responses with 503; undefined if none is expected. */
  readonly rejected?: number;
}

/** Sends a request and resolves with the status of its response. */
export type Client = () => Promise<number>;

/** Lets every client send one request after the other until the time is over. Rejects if one of them does. */
export async function runLoad(
  clients: readonly Client[],
  { milliseconds, perSecond, signal }: LoadOptions,
): Promise<LoadResult> {
  const histogram = new Histogram();
  const otherStatuses: Record<string, number> = {};
  const start = performance.now();
  const everyMs = perSecond === undefined ? 0 : clients.length * 1000 / perSecond;
  await Promise.all(clients.map(async (client, index) => {
    // Not all in the same moment.
    let due = start + everyMs * index / clients.length;
    for (let sent = await untilDue(due); sent < start + milliseconds; sent = await untilDue(due)) {
      signal?.throwIfAborted();
      const status = await client();
      const received = performance.now();
      if (status >= 200 && status < 300) histogram.record((received - sent) * 1000);
      else otherStatuses[status] = (otherStatuses[status] ?? 0) + 1;
      // A request that could not be sent in time is not made up for.
      due = Math.max(due + everyMs, received);
    }
  }));
  return {
    requests: histogram.count,
    seconds: (performance.now() - start) / 1000,
    p50: histogram.percentile(50),
    p99: histogram.percentile(99),
    otherStatuses,
  };
}

/** Resolves with the time as soon as it is due. */
async function untilDue(due: number): Promise<number> {
  const now = performance.now();
  if (due - now < 1) return now;
  await new Promise((resolve) => setTimeout(resolve, due - now));
  return performance.now();
}

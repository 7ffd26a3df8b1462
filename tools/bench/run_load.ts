import { Histogram } from "./histogram.ts";
import { type Answer, HttpConnection, type Target } from "./http_connection.ts";

/** The requests of one connection, one after the other. */
export interface RequestSource {
  /** The bytes of the next request. */
  next(): Uint8Array;
  /** Takes the answer to the request that {@link RequestSource.next} gave last, before the next one is asked for. */
  answered?(answer: Answer): void;
  /** Requests to send before anything is measured. */
  prepare?(exchange: (request: Uint8Array) => Promise<Answer>): Promise<void>;
}

/** How much load there is, and for how long. */
export interface LoadOptions {
  /** Each has one request on the way at any time (closed loop). */
  readonly connections: number;
  readonly milliseconds: number;
  /**
   * How many requests are to be sent a second, over all connections: each waits until its next one is due, and one
   * that is still waiting for an answer then sends it as soon as that is there.
   *
   * @default as many as are answered
   */
  readonly perSecond?: number;
}

/** What a load met. */
export interface LoadResult {
  /** Answers with a 2xx status. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** In microseconds. */
  readonly p50: number;
  /** In microseconds. */
  readonly p99: number;
  /** How often each other status was answered. */
  readonly otherStatuses: Readonly<Record<string, number>>;
  /** Processor time of the server per request, in microseconds; undefined if not measured or unknown. */
  readonly processorTime?: number;
}

/** Gives the time when it is time. */
async function untilDue(due: number): Promise<number> {
  const now = performance.now();
  if (due - now < 1) return now;
  await new Promise((resolve) => setTimeout(resolve, due - now));
  return performance.now();
}

/** Sends requests over kept-alive connections until the time is over. A connection that breaks rejects. */
export async function runLoad(
  target: Target,
  sourceOf: (connection: number) => RequestSource,
  options: LoadOptions,
): Promise<LoadResult> {
  using stack = new DisposableStack();
  const pairs = await Promise.all(
    Array.from({ length: options.connections }, async (_, index) => {
      const connection = stack.use(await HttpConnection.open(target));
      const source = sourceOf(index);
      await source.prepare?.((request) => connection.exchange(request));
      return { connection, source };
    }),
  );
  const histogram = new Histogram();
  const otherStatuses: Record<string, number> = {};
  const start = performance.now();
  const end = start + options.milliseconds;
  const everyMs = options.perSecond === undefined ? 0 : options.connections * 1000 / options.perSecond;
  await Promise.all(pairs.map(async ({ connection, source }, index) => {
    // Not all in the same moment.
    let due = start + everyMs * index / options.connections;
    for (let sent = await untilDue(due); sent < end; sent = await untilDue(due)) {
      const answer = await connection.exchange(source.next());
      const received = performance.now();
      if (answer.status >= 200 && answer.status < 300) histogram.record((received - sent) * 1000);
      else otherStatuses[answer.status] = (otherStatuses[answer.status] ?? 0) + 1;
      source.answered?.(answer);
      // What could not be sent in time is not made up for.
      due = Math.max(due + everyMs, received);
    }
  }));
  const seconds = (performance.now() - start) / 1000;
  return {
    requests: histogram.count,
    requestsPerSecond: histogram.count / seconds,
    p50: histogram.percentile(50),
    p99: histogram.percentile(99),
    otherStatuses,
  };
}

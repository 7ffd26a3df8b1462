import type { HttpServerProcess } from "./http_server_process.ts";
import { median } from "./median.ts";
import type { OverloadOptions } from "./overload_options.ts";
import type { LoadGenerator } from "./programs.ts";
import type { Scenario } from "./request_sources.ts";
import type { LoadResult } from "./run_load.ts";
import { ratioOf, type Spread } from "./take_turns.ts";

/** What is put under too much load. */
export interface OverloadTarget {
  readonly generator: LoadGenerator;
  readonly server: HttpServerProcess;
  readonly signal: AbortSignal;
}

/** What a server does with more than it can serve. */
export interface OverloadResult {
  /** Requests per second that a few clients are answered: what it can serve. */
  readonly capacity: number;
  /** Requests per second that were answered with 2xx under overload, by the capacity of the same round. */
  readonly goodput: Spread;
  /** The same for a few clients in the moment after. */
  readonly recovery: Spread;
  /** Of what was answered with 2xx under overload, in microseconds. */
  readonly p99: number;
  /** Answers with 503 per second. */
  readonly refused: number;
}

/** Puts a server under bearable load, too much, and bearable load again, in every round. */
export async function measureOverload(
  scenario: Scenario,
  { generator, server, signal, ...options }: OverloadTarget & OverloadOptions,
): Promise<OverloadResult> {
  const { rounds, seconds, connections, crowd, times } = options;
  const milliseconds = seconds * 1000;
  const load = async (more: { connections: number; perSecond?: number }): Promise<LoadResult> => {
    signal.throwIfAborted();
    const command = { target: server.target, scenario, options: { milliseconds, ...more } };
    return await generator.run(command, { expected: [503] });
  };
  await load({ connections });
  const bearable: LoadResult[] = [];
  const under: LoadResult[] = [];
  const after: LoadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    const quiet = await load({ connections });
    bearable.push(quiet);
    under.push(await load({ connections: crowd, perSecond: quiet.requestsPerSecond * times }));
    after.push(await load({ connections }));
  }
  const refusals = under.map(({ otherStatuses }) => (otherStatuses["503"] ?? 0) / seconds);
  return {
    capacity: median(bearable.map(({ requestsPerSecond }) => requestsPerSecond)),
    goodput: ratioOf(under, bearable, "requestsPerSecond"),
    recovery: ratioOf(after, bearable, "requestsPerSecond"),
    p99: median(under.map(({ p99 }) => p99)),
    refused: median(refusals),
  };
}

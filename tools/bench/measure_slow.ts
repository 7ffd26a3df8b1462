import { join } from "node:path";
import { ChildProcess } from "./child_process.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { median } from "./median.ts";
import type { LoadGenerator } from "./programs.ts";
import type { Scenario } from "./request_sources.ts";
import type { LoadResult } from "./run_load.ts";
import type { AttackCommand } from "./slow_clients.ts";
import { ratioOf, type Spread } from "./take_turns.ts";

/** How an attack is measured. */
export interface AttackOptions {
  readonly generator: LoadGenerator;
  readonly server: HttpServerProcess;
  readonly rounds: number;
  /** How long a round is, quiet or not. */
  readonly seconds: number;
  /** Those of normal clients. */
  readonly connections: number;
  /** How many clients are slow. */
  readonly slow: number;
  /** After how long the server ends their connections, in milliseconds. */
  readonly readTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** What normal clients notice of slow ones. */
export interface AttackResult {
  /** In microseconds. */
  readonly quietP99: number;
  /** In microseconds. */
  readonly attackedP99: number;
  /** The second by the first, round by round. */
  readonly p99Ratio: Spread;
  /** Requests per second, under attack by quiet, round by round. */
  readonly speedRatio: Spread;
  /** Connections of slow clients that the server ended in a round. */
  readonly dropped: number;
}

/** Puts a server under the same load with slow clients and without, in turns. */
export async function measureAttack(scenario: Scenario, options: AttackOptions): Promise<AttackResult> {
  const { generator, server, rounds, seconds, connections, signal } = options;
  const load = async (): Promise<LoadResult> => {
    signal.throwIfAborted();
    const load = { connections, milliseconds: seconds * 1000 };
    return await generator.run({ target: server.target, scenario, options: load });
  };
  const drops: number[] = [];
  const attacked = async (): Promise<LoadResult> => {
    await using clients = await startSlowClients({
      target: server.target,
      count: options.slow,
      spreadMs: options.readTimeoutMs,
    });
    const before = await countDrops(clients);
    const result = await load();
    drops.push(await countDrops(clients) - before);
    return result;
  };
  await load();
  const quiet: LoadResult[] = [];
  const under: LoadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    // Who goes first changes, so that what grows or drifts burdens neither.
    if (round % 2 === 0) quiet.push(await load());
    under.push(await attacked());
    if (round % 2 === 1) quiet.push(await load());
  }
  return {
    quietP99: median(quiet.map(({ p99 }) => p99)),
    attackedP99: median(under.map(({ p99 }) => p99)),
    p99Ratio: ratioOf(under, quiet, "p99"),
    speedRatio: ratioOf(under, quiet, "requestsPerSecond"),
    dropped: median(drops),
  };
}

async function countDrops(clients: ChildProcess): Promise<number> {
  await clients.writeLine("");
  return Number(await clients.readLine());
}

async function startSlowClients(command: AttackCommand): Promise<ChildProcess> {
  const file = join(import.meta.dirname ?? ".", "slow_clients.ts");
  await using stack = new AsyncDisposableStack();
  const clients = stack.use(
    new ChildProcess({ args: ["--allow-net=127.0.0.1", file, JSON.stringify(command)] }),
  );
  // All of them are connected.
  await clients.readLine();
  stack.move();
  return clients;
}

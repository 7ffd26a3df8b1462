import { join } from "node:path";
import { ChildProcess } from "../child_process.ts";
import { compare, type Result } from "../compare.ts";
import type { HttpServerProcess } from "../http_server_process.ts";
import { loadOn } from "../measure_process.ts";
import type { Sample } from "../metrics.ts";
import { processorTime } from "../processor_time.ts";
import { startService } from "../programs.ts";
import { progress } from "../progress.ts";
import { residentMegabytes } from "../resident_memory.ts";
import { CONTACTS } from "../rows_scenario.ts";
import type { Tables } from "../scenario.ts";
import { type BenchDatabase, startBenchDatabase } from "../start_bench_database.ts";
import { reads } from "../workload.ts";
import { count, type GrowthRun } from "./growth_run.ts";
import type { IdleCommand } from "./idle_clients.ts";
import { availableFiles, openFiles } from "./open_files.ts";

/** Numbers of idle connections, of which that of the settings is the last. */
const LEVELS = [0, 1000, 10_000];

/** Time in which the processor time without requests is measured, in milliseconds. */
const IDLE_MS = 10_000;

/** Upper limit of the setting MAX_CONNECTIONS. */
const MAX_CONNECTIONS = 25_000;

const CLIENTS = ["--allow-net=127.0.0.1", join(import.meta.dirname ?? ".", "idle_clients.ts")];

/** A service with its idle clients. */
interface Crowd {
  readonly server: HttpServerProcess;
  readonly clients: ChildProcess;
}

/** Services with idle connections, with and without the connection limits in front of the HTTP server. */
export async function measureConnections(run: GrowthRun): Promise<Tables> {
  const filled = await startBenchDatabase(run);
  return {
    "Idle connections": await measureGuard(run, filled, { guard: "off", files: 1 }),
    "Idle connections with SLOW_CLIENT_GUARD": await measureGuard(run, filled, { guard: "on", files: 3 }),
  };
}

async function measureGuard(
  run: GrowthRun,
  { database, ids }: BenchDatabase,
  { guard, files }: { readonly guard: "on" | "off"; readonly files: number },
): Promise<readonly Result[]> {
  const { settings: { idle, connections } } = run;
  await using stack = new AsyncDisposableStack();
  const each = Math.min(MAX_CONNECTIONS, Math.floor(await availableFiles() / files));
  const crowds: Crowd[] = [];
  const env = {
    SLOW_CLIENT_GUARD: guard,
    MAX_CONNECTIONS: String(MAX_CONNECTIONS),
    IDLE_TIMEOUT: "30m",
    // The crowds share the connections that the database accepts.
    POSTGRES_PRIMARY_POOL_MAX_CONNS: "4",
  };

  /** Connects idle clients to as few services as the limit of open files permits. */
  async function crowd(level: number): Promise<void> {
    while (crowds.length < Math.max(1, Math.ceil(level / each))) {
      const server = await startService(database, { ...run, stack }, { env });
      crowds.push({ server, clients: stack.use(new ChildProcess({ args: CLIENTS })) });
    }
    for (const [index, { server, clients }] of crowds.entries()) {
      const missing = Math.max(0, Math.min(each, level - index * each));
      const connected = await clients.request<number>(
        { target: server.target, count: missing } satisfies IdleCommand,
      );
      if (connected !== missing) throw new Error("Connecting idle clients failed: some are not connected");
    }
  }

  const levels = [...LEVELS.filter((level) => level < idle), idle];
  let before = 0;
  const variants = levels.map((level) => ({
    name: `${count(level)}${level > each ? ` on ${Math.ceil(level / each)} processes` : ""}`,
    warmsUp: false,
    measure: async (): Promise<Sample> => {
      progress(`Connecting ${count(level)} clients`);
      await crowd(level);
      const [first] = crowds;
      if (first === undefined) return {};
      const { server } = first;
      const load = loadOn(run, {
        server,
        workload: reads(ids.map((id) => `${CONTACTS}/${id}`)),
        connections,
      });
      const { processorTime, p50, p99 } = await load(run.settings.rounds * run.settings.seconds * 1000);
      const memory = sum(await Promise.all(crowds.map(({ server }) => residentMegabytes(server.pid))));
      before ||= memory;
      return {
        ...{ processorTime, p50, p99 },
        memoryAfterLoad: memory,
        ...level > 0 && { memoryEach: (memory - before * crowds.length) * 1024 / level },
        idleTime: await idleTime(crowds),
        openFiles: sum(await Promise.all(crowds.map(({ server }) => openFiles(server.pid)))),
      };
    },
  }));
  const settings = { ...run.settings, rounds: 1 };
  return await compare({ ...run, settings }, variants, { inOrder: true, row: `guard ${guard}` });
}

/** Returns the processor time of all services in a minute without requests. */
async function idleTime(crowds: readonly Crowd[]): Promise<number> {
  const used = async (): Promise<number> =>
    sum(await Promise.all(crowds.map(({ server }) => processorTime(server.pid))));
  const begun = await used();
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return (await used() - begun) * 60_000 / IDLE_MS;
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? NaN), 0);
}

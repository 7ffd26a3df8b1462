import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { median } from "./median.ts";
import { type LoadGenerator, type ServiceDatabase, startService } from "./programs.ts";
import { residentMegabytes } from "./resident_memory.ts";
import { CONTACTS } from "./row_scenario.ts";

/** Medians; times from starting the process to the first 200 of /readyz, in milliseconds. */
export interface Starts {
  /** On an empty directory. */
  readonly firstEmbeddedMs: number;
  readonly laterEmbeddedMs: number;
  /** On a database that is migrated. */
  readonly realMs: number;
  readonly embeddedMemory: Memory;
  readonly realMemory: Memory;
}

/** Resident memory in megabytes; undefined: unknown on this system. */
export interface Memory {
  readonly afterStart: number | undefined;
  readonly afterLoad: number | undefined;
}

/** How starts are measured. */
export interface StartOptions {
  /** A migrated database with contacts. */
  readonly real: InstanceConfig;
  /** An empty directory for embedded databases. */
  readonly directory: string;
  readonly generator: LoadGenerator;
  readonly connections: number;
  readonly signal: AbortSignal;
}

const RUNS = 3;
const LOAD_MS = 2000;

/** Starts the service again and again, on each kind of database in turn. */
export async function measureStarts(options: StartOptions): Promise<Starts> {
  const first: number[] = [];
  const later: number[] = [];
  const real: number[] = [];
  let embedded: ServiceDatabase = { embedded: options.directory };
  for (let run = 0; run < RUNS; run++) {
    embedded = { embedded: `${options.directory}/${run}` };
    first.push(await startMs(embedded, options.signal));
    later.push(await startMs(embedded, options.signal));
    real.push(await startMs(options.real, options.signal));
  }
  return {
    firstEmbeddedMs: median(first),
    laterEmbeddedMs: median(later),
    realMs: median(real),
    embeddedMemory: await measureMemory(embedded, options),
    realMemory: await measureMemory(options.real, options),
  };
}

async function startMs(database: ServiceDatabase, signal: AbortSignal): Promise<number> {
  const start = performance.now();
  await using service = await startService(database);
  await service.untilOk("/readyz", signal);
  return performance.now() - start;
}

async function measureMemory(database: ServiceDatabase, options: StartOptions): Promise<Memory> {
  await using service = await startService(database);
  await service.untilOk("/readyz", options.signal);
  const afterStart = await residentMegabytes(service.pid);
  const scenarios = [{ kind: "create", path: CONTACTS }, { kind: "read", paths: [CONTACTS] }] as const;
  for (const scenario of scenarios) {
    options.signal.throwIfAborted();
    const { connections } = options;
    await options.generator.run({
      target: service.target,
      scenario,
      options: { connections, milliseconds: LOAD_MS },
    });
  }
  return { afterStart, afterLoad: await residentMegabytes(service.pid) };
}

import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { startPostgres } from "../support/postgres/start_postgres.ts";
import { temporaryDirectory } from "../support/once.ts";
import { type BenchOptions, parseBenchOptions, USAGE } from "./bench_options.ts";
import { compareRow, type Comparison } from "./compare_rows.ts";
import { measureStarts } from "./measure_starts.ts";
import { LoadGenerator, startBareServer, startService } from "./programs.ts";
import { type BenchResults, renderReport } from "./report.ts";
import { rowScenario } from "./row_scenario.ts";
import { progress, runBench } from "./run_bench.ts";
import { seedProfiles } from "./seed_profiles.ts";

const POOL_SIZE = 10;
const SAMPLE = 4096;

/** Measures what is asked for. What it starts, it stops, however it ends. */
async function bench(options: BenchOptions, signal: AbortSignal): Promise<BenchResults> {
  await using stack = new AsyncDisposableStack();
  progress("Starting PostgreSQL and filling a database");
  // Nothing of PostgreSQL's own may come in the middle of a round.
  const settings = { "autovacuum": "off", "shared_buffers": "128MB" };
  const postgres = await startPostgres({ tcp: true, settings });
  stack.defer(async () => {
    await postgres.stop();
    await postgres[Symbol.asyncDispose]();
  });
  const database = { ...postgres.tcpInstance, database: "bench", maxConnections: POOL_SIZE };
  await createDatabase(postgres.tcpInstance, database.database);
  const ids = await seedProfiles(database, { sampleSize: SAMPLE });
  const generator = stack.use(new LoadGenerator());
  // Not to wait for the end of a load that nobody wants any more.
  signal.addEventListener("abort", () => generator[Symbol.asyncDispose](), { once: true });
  const { rounds, seconds, connections } = options;
  const comparisons: Comparison[] = [];
  if (options.rows.length > 0) {
    await using servers = new AsyncDisposableStack();
    const contestants = {
      service: servers.use(await startService(database)),
      bare: servers.use(await startBareServer(database)),
    };
    await contestants.service.untilOk("/readyz", signal);
    for (const row of options.rows) {
      progress(`Comparing: ${row}`);
      comparisons.push(
        await compareRow(row, (server) => rowScenario(row, server, ids), {
          contestants,
          generator,
          rounds,
          seconds,
          connections,
          signal,
        }),
      );
    }
  }
  const results = { rounds, seconds, connections, cores: navigator.hardwareConcurrency, comparisons };
  if (!options.starts) return { ...results, starts: undefined };
  progress("Measuring starts and memory");
  const directory = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_bench_" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  return {
    ...results,
    starts: await measureStarts({ real: database, directory, generator, connections, signal }),
  };
}

async function createDatabase(server: InstanceConfig, name: string): Promise<void> {
  await using pool = openPool({ primary: server, replicas: [] });
  await pool.writer().query(`create database ${name}`);
}

if (import.meta.main) {
  await runBench({ usage: USAGE, parse: parseBenchOptions, measure: bench, render: renderReport });
}

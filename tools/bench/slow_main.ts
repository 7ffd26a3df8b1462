import { openPool } from "../../db/postgres/open_pool.ts";
import { startPostgres } from "../postgres/start_postgres.ts";
import { measureAttack } from "./measure_slow.ts";
import { LoadGenerator, startService } from "./programs.ts";
import { rowScenario } from "./row_scenario.ts";
import { progress, runBench } from "./run_bench.ts";
import { seedProfiles } from "./seed_profiles.ts";
import { parseSlowOptions, SLOW_USAGE, type SlowOptions } from "./slow_options.ts";
import { renderSlowReport, type SlowResults, type SlowRow } from "./slow_report.ts";
import { ratioOf, takeTurns } from "./take_turns.ts";

const POOL_SIZE = 10;
const SAMPLE = 4096;

const ROWS = [["health", "health, no database"], ["one", "one by id"]] as const;

/** Shorter than a round, so that every slow client is ended and comes again while it lasts. */
const READ_TIMEOUT_MS = 5000;

/** Nobody is to be refused. */
const ENVIRONMENT = { READ_TIMEOUT: `${READ_TIMEOUT_MS}ms`, ADMISSION_MAX_DELAY: "0s" };

/** Measures what slow clients do to others, and what the guard costs. What it starts, it stops. */
async function benchSlow(options: SlowOptions, signal: AbortSignal): Promise<SlowResults> {
  await using stack = new AsyncDisposableStack();
  progress("Starting PostgreSQL and filling a database");
  const postgres = await startPostgres({ tcp: true, settings: { "autovacuum": "off" } });
  stack.defer(async () => {
    await postgres.stop();
    await postgres[Symbol.asyncDispose]();
  });
  const database = { ...postgres.tcpInstance, database: "bench", maxConnections: POOL_SIZE };
  {
    await using pool = openPool({ primary: postgres.tcpInstance, replicas: [] });
    await pool.writer().query(`create database ${database.database}`);
  }
  const ids = await seedProfiles(database, { sampleSize: SAMPLE });
  const generator = stack.use(new LoadGenerator());
  signal.addEventListener("abort", () => generator[Symbol.asyncDispose](), { once: true });
  const [guarded, unguarded] = [
    stack.use(await startService(database, { env: { ...ENVIRONMENT, SLOW_CLIENT_GUARD: "on" } })),
    stack.use(await startService(database, { env: { ...ENVIRONMENT, SLOW_CLIENT_GUARD: "off" } })),
  ];
  await guarded.untilOk("/readyz", signal);
  await unguarded.untilOk("/readyz", signal);
  const { rounds, seconds, connections, slow } = options;
  const rows: SlowRow[] = [];
  for (const [row, label] of ROWS) {
    progress(`Measuring: ${label}`);
    const scenario = await rowScenario(row, guarded, ids);
    const run = { generator, rounds, seconds, connections, signal };
    const attack = await measureAttack(scenario, {
      ...run,
      server: guarded,
      slow,
      readTimeoutMs: READ_TIMEOUT_MS,
    });
    const variants = [guarded, unguarded].map(({ target }) => ({ target, scenario }));
    const [on = [], off = []] = await takeTurns(variants, run);
    rows.push({ label, attack, guarded: ratioOf(on, off, "requestsPerSecond") });
  }
  return { rounds, seconds, connections, slow, cores: navigator.hardwareConcurrency, rows };
}

if (import.meta.main) {
  await runBench({
    usage: SLOW_USAGE,
    parse: parseSlowOptions,
    measure: benchSlow,
    render: renderSlowReport,
  });
}

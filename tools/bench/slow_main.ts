import { measureAttack } from "./measure_slow.ts";
import { startService } from "./programs.ts";
import { rowScenario } from "./row_scenario.ts";
import { progress, runBench } from "./run_bench.ts";
import { parseSlowOptions, SLOW_USAGE, type SlowOptions } from "./slow_options.ts";
import { renderSlowReport, type SlowResults, type SlowRow } from "./slow_report.ts";
import { startBenchDatabase } from "./start_bench_database.ts";
import { ratioOf, takeTurns } from "./take_turns.ts";

const ROWS = [["health", "health, no database"], ["one", "one by id"]] as const;

/** Shorter than a round, so that every slow client is ended and comes again while it lasts. */
const READ_TIMEOUT_MS = 5000;

const ENVIRONMENT = { READ_TIMEOUT: `${READ_TIMEOUT_MS}ms` };

/** Measures what slow clients do to others, and what the guard costs. What it starts, it stops. */
async function benchSlow(options: SlowOptions, signal: AbortSignal): Promise<SlowResults> {
  await using stack = new AsyncDisposableStack();
  progress("Starting PostgreSQL and filling a database");
  const { database, ids, generator } = stack.use(await startBenchDatabase(signal));
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
    const scenario = await rowScenario(row, guarded, { ids });
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

import { BarePaymentsProcess } from "./bare_payments_process.ts";
import { measurePayments, measureReplay } from "./measure_payments.ts";
import { measureRebuild } from "./measure_rebuild.ts";
import { parsePaymentsOptions, PAYMENTS_USAGE, type PaymentsOptions } from "./payments_options.ts";
import { type PaymentsComparison, type PaymentsResults, renderPaymentsReport } from "./payments_report.ts";
import { startService } from "@archway/tools/bench/programs.ts";
import { progress, runBench } from "@archway/tools/bench/run_bench.ts";
import { seedAccounts } from "./seed_accounts.ts";
import { startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";

/** How payments are made: between which accounts, and whether their events leave meanwhile. */
const ROWS = [
  { part: "many", label: "many accounts", hot: false, worker: "off" },
  { part: "hot", label: "one account pays all", hot: true, worker: "off" },
  { part: "leaving", label: "many accounts, events leave", hot: false, worker: "inline" },
] as const;

/** Measures what is asked for. What it starts, it stops, however it ends. */
async function benchPayments(options: PaymentsOptions, signal: AbortSignal): Promise<PaymentsResults> {
  const { accounts, events, rounds, seconds, connections, parts } = options;
  await using stack = new AsyncDisposableStack();
  progress("Starting PostgreSQL and opening accounts");
  const { database, ids, generator } = stack.use(
    await startBenchDatabase(signal, (database) => seedAccounts(database, { accounts, signal })),
  );
  const turns = { generator, rounds, seconds, connections, signal };
  const bare = stack.use(new BarePaymentsProcess(database));
  const payments: PaymentsComparison[] = [];
  for (const { part, label, hot, worker } of ROWS) {
    if (!parts.includes(part)) continue;
    progress(`Measuring: ${label}`);
    await using service = await startService(database, { main: "main.ts", env: { WORKER: worker } });
    await service.untilOk("/readyz", signal);
    const pairs = { payers: hot ? ids.slice(0, 1) : ids, payees: ids };
    payments.push(await measurePayments(label, pairs, { contestants: { service, bare }, ...turns }));
  }
  let replay: PaymentsComparison | undefined;
  if (parts.includes("replay")) {
    progress("Measuring: a key again, and a read by id");
    await using service = await startService(database, { main: "main.ts", env: { WORKER: "off" } });
    await service.untilOk("/readyz", signal);
    const pairs = { payers: ids, payees: ids };
    if (payments.length === 0) await bare.run({ pairs, connections, milliseconds: 500 });
    replay = await measureReplay("a key again", pairs, { service, ...turns });
  }
  if (parts.includes("rebuild")) progress(`Rebuilding from ${events} events`);
  const rebuild = parts.includes("rebuild") ? await measureRebuild(database, { events, signal }) : undefined;
  const cores = navigator.hardwareConcurrency;
  return { rounds, seconds, connections, accounts, cores, payments, replay, rebuild };
}

if (import.meta.main) {
  await runBench({
    usage: PAYMENTS_USAGE,
    parse: parsePaymentsOptions,
    measure: benchPayments,
    render: renderPaymentsReport,
  });
}

import { join } from "node:path";
import { type BenchRun, compare, COMPARED, loadVariant, measureLoad } from "./bench_run.ts";
import { ChildProcess } from "./child_process.ts";
import type { Result } from "./compare.ts";
import { compareRows, pickedRows, rowParts } from "./compare_rows.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { Sample } from "./metrics.ts";
import { startService } from "./programs.ts";
import { type RowName, ROWS as LABELS, rowWorkload } from "./row_workload.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import type { AttackCommand } from "./slow_clients.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

const ROWS: readonly RowName[] = ["health", "one"];

/** Shorter than a round by default, so that every slow client is ended and reconnects in each. */
const READ_TIMEOUT_MS = 5000;

/** Load with and without slow clients, and the cost of the protection against them. */
export const slowScenario: Scenario<LoadSetting | "slow"> = {
  name: "slow",
  description: "effect of slow clients on others, and cost of the connection limits",
  parts: rowParts(ROWS),
  settings: {
    ...loadSettings({ rounds: 5, seconds: 6, connections: 50 }),
    slow: {
      default: 1000,
      max: 4000,
      whole: true,
      help: "clients with endless heads, half of them a byte a second",
    },
  },
  measure: async (run) => {
    const { stack, signal } = run;
    const { database, ids } = await startBenchDatabase(run);
    const start = async (guard: "on" | "off"): Promise<HttpServerProcess> => {
      const env = { READ_TIMEOUT: `${READ_TIMEOUT_MS}ms`, SLOW_CLIENT_GUARD: guard };
      return stack.use(await startService(database, { signal, env }));
    };
    const servers = { unguarded: await start("off"), guarded: await start("on") };
    const attacks: Result[] = [];
    const costs: Result[] = [];
    for (const row of pickedRows(run, ROWS)) {
      attacks.push(...await measureAttack(run, row, { server: servers.guarded, ids }));
      costs.push(...await compareRows(run, [row], { servers, ids }));
    }
    return [{ title: "Slow clients", results: attacks }, { title: "Connection limits", results: costs }];
  },
};

async function measureAttack(
  run: BenchRun<LoadSetting | "slow">,
  row: RowName,
  { server, ids }: { readonly server: HttpServerProcess; readonly ids: readonly string[] },
): Promise<readonly Result[]> {
  const { connections, slow: count } = run.settings;
  const load = { server, workload: await rowWorkload(row, server, { ids }), connections };
  const attack: AttackCommand = { target: server.target, count, spreadMs: READ_TIMEOUT_MS };
  const attacked = async (milliseconds: number): Promise<Sample> => {
    await using clients = startSlowClients();
    const before = await clients.request<number>(attack);
    const sample = await measureLoad(run, load, milliseconds);
    return { ...sample, endedConnections: await clients.request<number>(attack) - before };
  };
  const variants = [loadVariant(run, "quiet", load), { name: "attacked", measure: attacked, warmsUp: false }];
  return await compare(run, variants, { row: LABELS[row], compared: [...COMPARED, "p99"] });
}

function startSlowClients(): ChildProcess {
  const file = join(import.meta.dirname ?? ".", "slow_clients.ts");
  return new ChildProcess({ args: ["--allow-net=127.0.0.1", file] });
}

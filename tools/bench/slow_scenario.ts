import { join } from "node:path";
import { ChildProcess } from "./child_process.ts";
import { compare, type Result } from "./compare.ts";
import { compareRows, CONTACTS, ROWS } from "./rows_scenario.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { loadOn } from "./measure_process.ts";
import type { Sample } from "./metrics.ts";
import { startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import type { AttackCommand } from "./slow_clients.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

/** Shorter than a round by default, so that every slow client is ended and reconnects in each. */
const READ_TIMEOUT_MS = 5000;

const CLIENTS = ["--allow-net=127.0.0.1", join(import.meta.dirname ?? ".", "slow_clients.ts")];

/** Load with and without slow clients, and the cost of the protection against them. */
export const slowScenario: Scenario<LoadSetting | "slow"> = {
  name: "slow",
  description: "effect of slow clients on others, and cost of the connection limits",
  parts: ["health", "one"],
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
    const { connections, slow: count } = run.settings;
    const { database, ids } = await startBenchDatabase(run);
    const start = (guard: string): Promise<HttpServerProcess> =>
      startService(database, run, {
        env: { READ_TIMEOUT: `${READ_TIMEOUT_MS}ms`, SLOW_CLIENT_GUARD: guard },
      });
    const servers = { unguarded: await start("off"), guarded: await start("on") };
    const server = servers.guarded;
    const attack: AttackCommand = { target: server.target, count, spreadMs: READ_TIMEOUT_MS };
    const attacks: Result[] = [];
    for (const [, { label, workload }] of Object.entries(ROWS).filter(([row]) => run.parts.includes(row))) {
      const quiet = loadOn(run, {
        server,
        workload: await workload({ server, path: CONTACTS, ids }),
        connections,
      });
      const attacked = async (milliseconds: number): Promise<Sample> => {
        await using clients = new ChildProcess({ args: CLIENTS });
        const before = await clients.request<number>(attack);
        const sample = await quiet(milliseconds);
        return { ...sample, endedConnections: await clients.request<number>(attack) - before };
      };
      const variants = [{ name: "quiet", measure: quiet }, {
        name: "attacked",
        measure: attacked,
        warmsUp: false,
      }];
      attacks.push(...await compare(run, variants, { row: label }));
    }
    return { "Slow clients": attacks, "Connection limits": await compareRows(run, { servers, ids }) };
  },
};

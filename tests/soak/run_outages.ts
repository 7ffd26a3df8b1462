import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import type { Valkey } from "@archway/tools/support/valkey/start_valkey.ts";
import type { Outage } from "./plan_outages.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { SilentProxy } from "@archway/tools/support/postgres/silent_proxy.ts";
import { DATABASE, type SoakHarness } from "./start_harness.ts";

/** Servers that have outages. */
type OutageTargets = Pick<SoakHarness, "primary" | "primaryNetwork" | "standby" | "store">;

/** Dependency that can be stopped and started. */
interface Helper {
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Options of {@link runOutages}. */
export interface RunOutagesOptions {
  readonly sinceMs: number;
  readonly signal: AbortSignal;
  readonly onOutage: (text: string) => void;
}

/** Executes the outages of a plan and returns the completed ones. */
export async function runOutages(
  plan: readonly Outage[],
  harness: OutageTargets,
  { sinceMs, signal, onOutage }: RunOutagesOptions,
): Promise<readonly Outage[]> {
  const done: Outage[] = [];
  for (const outage of plan) {
    await until(sinceMs + outage.at, signal);
    if (signal.aborted) break;
    const helper = helperOf(outage, harness);
    if (helper === undefined) continue;
    onOutage(`${outage.of} ${outage.how} for ${(outage.lasts / 1000).toFixed(1)} s`);
    await helper.down();
    await until(performance.now() + outage.lasts, signal);
    // Even at the end, since a frozen process cannot be stopped.
    await helper.up();
    done.push(outage);
  }
  return done;
}

function helperOf(
  { of, how }: Outage,
  { primary, primaryNetwork, standby, store }: OutageTargets,
): Helper | undefined {
  if (how === "silent") return silencer(primaryNetwork, primary);
  if (how === "reconfigured") return reconfigurer(primary);
  const server = of === "standby" ? standby : store;
  if (server === undefined) return undefined;
  if (how === "frozen") return { down: () => server.pause(), up: () => server.resume() };
  return {
    down: () => "stop" in server ? server.stop() : server.kill(),
    up: () => startAgain(server),
  };
}

/** Loses the connections to the primary without closing them; new ones work after the outage. */
function silencer(network: SilentProxy, primary: PostgresServer): Helper {
  return {
    down: () => Promise.resolve(network.silence()),
    up: () => {
      network.moveTo(primary.tcpInstance);
      network.closeSilenced();
      return Promise.resolve();
    },
  };
}

/** Settings of a role that change the meaning of values and transactions, unless sessions set their own. */
const ROLE_SETTINGS = {
  bytea_output: "escape",
  array_nulls: "off",
  standard_conforming_strings: "off",
  default_transaction_isolation: "serializable",
  statement_timeout: "1ms",
};

/** Changes the settings of the service's role, and ends its sessions so that new ones begin with them. */
function reconfigurer(primary: PostgresServer): Helper {
  const execute = async (change: (name: string, value: string) => string): Promise<void> => {
    await using pool = openPool({
      primary: { ...primary.tcpInstance, database: "postgres", maxConnections: 1 },
      replicas: [],
    });
    for (const [name, value] of Object.entries(ROLE_SETTINGS)) {
      await pool.writer().query(`ALTER ROLE CURRENT_USER IN DATABASE ${DATABASE} ${change(name, value)}`);
    }
    await pool.writer().query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [
      DATABASE,
    ]);
  };
  return {
    down: () => execute((name, value) => `SET ${name} = '${value}'`),
    up: () => execute((name) => `RESET ${name}`),
  };
}

async function startAgain(server: PostgresServer | Valkey): Promise<void> {
  if (await server.start() === false) throw new Error("The limiter store could not be restarted");
}

async function until(time: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && performance.now() < time) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(100, Math.max(0, time - performance.now()))));
  }
}

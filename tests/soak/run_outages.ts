import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import type { Valkey } from "@archway/tools/support/valkey/start_valkey.ts";
import type { Outage } from "./plan_outages.ts";
import type { SoakHarness } from "./start_harness.ts";

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
  harness: Pick<SoakHarness, "standby" | "store">,
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
  { standby, store }: Pick<SoakHarness, "standby" | "store">,
): Helper | undefined {
  const server = of === "standby" ? standby : store;
  if (server === undefined) return undefined;
  if (how === "frozen") return { down: () => server.pause(), up: () => server.resume() };
  return {
    down: () => "stop" in server ? server.stop() : server.kill(),
    up: () => startAgain(server),
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

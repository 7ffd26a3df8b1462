import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { childEnvironment } from "@archway/tools/bench/child_process.ts";
import type { Sample } from "@archway/tools/bench/metrics.ts";
import { serviceEnvironment } from "@archway/tools/bench/programs.ts";
import { seedAccounts } from "./seed_accounts.ts";

const MAIN = join(import.meta.dirname ?? ".", "../../main.ts");
const ACCOUNTS = 1_000;

/** Fills a new database with events and runs `archway events rebuild` on it. */
export async function measureRebuild(
  server: InstanceConfig,
  { events, signal }: { readonly events: number; readonly signal: AbortSignal },
): Promise<Sample> {
  const database = { ...server, database: "rebuild" };
  {
    await using pool = openPool({ primary: server, replicas: [] });
    await pool.writer().query(`drop database if exists ${database.database}`);
    await pool.writer().query(`create database ${database.database}`);
  }
  // One event for the settlement account, two for each other account, one for each payment.
  await seedAccounts(database, { accounts: ACCOUNTS, payments: events - 2 * ACCOUNTS - 1, signal });
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P", MAIN, "events", "rebuild"],
    clearEnv: true,
    env: childEnvironment(serviceEnvironment(database)),
    signal,
  }).output();
  const text = new TextDecoder().decode(stdout);
  const [, rebuilt = "", seconds = ""] = /Replayed ([\d,]+) events in ([\d.]+) s/.exec(text) ?? [];
  if (code !== 0 || Number(rebuilt.replaceAll(",", "")) !== events) {
    throw new Error(`Rebuilding failed: ${text}${new TextDecoder().decode(stderr)}`);
  }
  return { rebuildTime: Number(seconds) * 1_000_000, eventsPerSecond: events / Number(seconds) };
}

import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { serviceEnvironment } from "@archway/tools/bench/programs.ts";
import { seedAccounts } from "./seed_accounts.ts";

const MAIN = join(import.meta.dirname ?? ".", "../../main.ts");
const KEPT = ["PATH", "HOME", "DENO_DIR", "TMPDIR", "XDG_CACHE_HOME"];

/** How many accounts the events are about. */
const ACCOUNTS = 1_000;

/** What `archway events rebuild` has told. */
export interface RebuildResult {
  readonly events: number;
  /** Until everything was made anew and compared. */
  readonly seconds: number;
}

/** Fills a database of its own with so many events, and rebuilds everything from them as operators do. */
export async function measureRebuild(
  server: InstanceConfig,
  { events, signal }: { readonly events: number; readonly signal: AbortSignal },
): Promise<RebuildResult> {
  const database = { ...server, database: "rebuild" };
  {
    await using pool = openPool({ primary: server, replicas: [] });
    await pool.writer().query(`create database ${database.database}`);
  }
  // One event opens the settlement account, two each of the others; every payment is one.
  await seedAccounts(database, { accounts: ACCOUNTS, payments: events - 2 * ACCOUNTS - 1, signal });
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P", MAIN, "events", "rebuild"],
    clearEnv: true,
    env: {
      ...Object.fromEntries(KEPT.flatMap((name) => {
        const value = Deno.env.get(name);
        return value === undefined ? [] : [[name, value]];
      })),
      ...serviceEnvironment(database),
    },
    signal,
  }).output();
  const text = new TextDecoder().decode(stdout);
  const [, told = "", seconds = ""] = /Replayed ([\d,]+) events in ([\d.]+) s/.exec(text) ?? [];
  if (code !== 0 || Number(told.replaceAll(",", "")) !== events) {
    throw new Error(`Rebuilding failed: ${text}${new TextDecoder().decode(stderr)}`);
  }
  return { events, seconds: Number(seconds) };
}

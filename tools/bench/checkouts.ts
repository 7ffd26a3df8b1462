import { resolve } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { AgainstOptions } from "./bench_options.ts";
import type { Contestants } from "./compare_rows.ts";
import { startService } from "./programs.ts";
import { collectIds } from "./row_scenario.ts";
import type { FillDatabase } from "./start_bench_database.ts";

const ITEMS = 20_000;
const IDS = 4096;

/** How long items are created before they are counted. */
const FILL_MS = 500;

/** Returns a function that fills a database through the program of another checkout, whose tables only that knows. */
export function fillThrough({ checkout, path }: AgainstOptions, signal: AbortSignal): FillDatabase {
  return async (database, generator) => {
    await using server = await startService(database, { main: mainOf(checkout) });
    await server.untilOk("/readyz", signal);
    const options = { connections: 16, milliseconds: FILL_MS };
    for (let created = 0; created < ITEMS;) {
      signal.throwIfAborted();
      const { requests } = await generator.run({
        target: server.target,
        scenario: { kind: "create", path },
        options,
      });
      created += requests;
    }
    await using pool = openPool({ primary: database, replicas: [], statementTimeoutMs: 0 });
    await pool.writer().query("vacuum (analyze)");
    return await collectIds(path, { server, count: IDS });
  };
}

/** Where checkouts are started. */
export interface StartCheckoutsOptions {
  /** Database that {@link fillThrough} filled, without connections; the program of this checkout has a copy of it. */
  readonly database: InstanceConfig;
  readonly stack: AsyncDisposableStack;
  readonly signal: AbortSignal;
}

/** Starts main.ts of this checkout and of another one, each on a database of its own with the same contents. */
export async function startCheckouts(
  { checkout }: AgainstOptions,
  { database, stack, signal }: StartCheckoutsOptions,
): Promise<Pick<Contestants, "measured" | "base">> {
  const copy = { ...database, database: `${database.database}_copy` };
  {
    await using pool = openPool({ primary: { ...database, database: "postgres" }, replicas: [] });
    await pool.writer().query(`create database ${copy.database} template ${database.database}`);
  }
  const measured = stack.use(await startService(copy, { main: "main.ts" }));
  const base = stack.use(await startService(database, { main: mainOf(checkout) }));
  await measured.untilOk("/readyz", signal);
  await base.untilOk("/readyz", signal);
  return { measured, base };
}

function mainOf(checkout: string): string {
  return resolve(checkout, "main.ts");
}

import type { ConnectionPool } from "../../../db.ts";
import { openPool } from "../../open_pool.ts";
import type { InstanceConfig } from "../../pool_config.ts";
import { type LoadReport, PoolLoad } from "./pool_load.ts";
import { untilNothingLeaks } from "./until_nothing_leaks.ts";

/** How a pool came through. */
export interface Survival extends LoadReport {
  /** How many connections were ended in all. */
  readonly connections: number;
}

const applicationName = "archway under load";

/**
 * Opens a pool, puts it under load, and ends all its connections so many times, each time after it has recovered from
 * the time before. Rejects when connections are left over, or a transaction.
 */
export async function terminateUnderLoad(
  instance: InstanceConfig,
  { rounds }: { readonly rounds: number },
): Promise<Survival> {
  await using pool = openPool({ primary: instance, replicas: [], applicationName });
  await using killer = openPool({ primary: { ...instance, maxConnections: 1 }, replicas: [] });
  const load = await PoolLoad.start(pool);
  let connections = 0;
  for (let round = 0; round < rounds; round++) connections += await terminateAll(killer, load);
  const report = await load.stop();
  await untilNothingLeaks({ pool, observer: killer, applicationName });
  return { ...report, connections };
}

/** Ends every connection of the load and waits until calls succeed again. Gives how many there were. */
async function terminateAll(killer: ConnectionPool, load: PoolLoad): Promise<number> {
  const { rowCount } = await killer.writer().query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = $1`,
    [applicationName],
  );
  await load.untilDone(10);
  return rowCount;
}

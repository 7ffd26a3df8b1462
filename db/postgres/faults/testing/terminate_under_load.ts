import type { ConnectionPool } from "../../../db.ts";
import { openPool } from "../../open_pool.ts";
import type { InstanceConfig } from "../../pool_config.ts";
import { type LoadReport, PoolLoad } from "./pool_load.ts";
import { untilNothingLeaks } from "./until_nothing_leaks.ts";

/** Load report with the number of terminated connections. */
export interface TerminationReport extends LoadReport {
  /** Total number of terminated connections. */
  readonly connections: number;
}

const applicationName = "archway under load";

/**
 * Puts a pool under load and terminates all its connections in several rounds. Each round starts after it has recovered
 * from the one before. Rejects if connections or a transaction are leaked.
 */
export async function terminateUnderLoad(
  instance: InstanceConfig,
  { rounds }: { readonly rounds: number },
): Promise<TerminationReport> {
  await using pool = openPool({ primary: instance, replicas: [], applicationName, readsPosition: true });
  // From now on, the position is read behind each write.
  await pool.position();
  await using killer = openPool({ primary: { ...instance, maxConnections: 1 }, replicas: [] });
  const load = await PoolLoad.start(pool);
  let connections = 0;
  for (let round = 0; round < rounds; round++) connections += await terminateAll(killer, load);
  const report = await load.stop();
  await untilNothingLeaks({ pool, observer: killer, applicationName });
  return { ...report, connections };
}

/** Terminates every connection of the load and returns their number. Waits until calls succeed again. */
async function terminateAll(killer: ConnectionPool, load: PoolLoad): Promise<number> {
  const { rowCount } = await killer.writer().query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = $1`,
    [applicationName],
  );
  await load.untilDone(10);
  return rowCount;
}

import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { DepthCluster } from "./depth_cluster.ts";
import { startBareServer, startService } from "./programs.ts";
import { rowScenario } from "./row_scenario.ts";
import { type Medians, mediansOf, ratioOf, type Spread, takeTurns, type TurnOptions } from "./take_turns.ts";

/** The rows of the bench that only read and look the same on every server. */
export const READ_ROWS = ["one", "list"] as const;

/** How one program did on one row. */
export interface ReplicaResult {
  readonly row: typeof READ_ROWS[number];
  /** undefined: the bare handler, on the primary. */
  readonly replicas: number | undefined;
  readonly medians: Medians;
  /** Its requests per second by those of the bare handler in the same round. */
  readonly ofBare: Spread;
  /** Its requests per second by those of the service without replicas in the same round. */
  readonly ofNone: Spread;
}

/** Measures the service with no replica, with one, with two …, beside the bare handler on the primary. */
export async function measureReplicas(
  { primary, replicas, ids }: DepthCluster,
  turns: TurnOptions,
): Promise<readonly ReplicaResult[]> {
  await using servers = new AsyncDisposableStack();
  const bare = servers.use(await startBareServer(primary));
  const programs = [{ server: bare, replicas: undefined as number | undefined }];
  for (let used = 0; used <= replicas.length; used++) {
    const server = servers.use(await startService(primary, { replicas: replicas.slice(0, used) }));
    // From then on every replica takes reads.
    await server.untilHealthy(turns.signal);
    programs.push({ server, replicas: used });
  }
  const results: ReplicaResult[] = [];
  for (const row of READ_ROWS) {
    const variants = await Promise.all(programs.map(async ({ server }) => ({
      target: server.target,
      scenario: await rowScenario(row, server, { ids }),
    })));
    const before = await Promise.all(replicas.map(scansOf));
    const all = await takeTurns(variants, turns);
    const after = await Promise.all(replicas.map(scansOf));
    if (after.some((scans, index) => scans === before[index])) {
      throw new Error("Measuring replicas failed: one of them was not read");
    }
    const [ofBare = [], ofNone = []] = all;
    programs.forEach((program, index) => {
      const rounds = all[index] ?? [];
      results.push({
        row,
        replicas: program.replicas,
        medians: mediansOf(rounds),
        ofBare: ratioOf(rounds, ofBare, "requestsPerSecond"),
        ofNone: ratioOf(rounds, ofNone, "requestsPerSecond"),
      });
    });
  }
  return results;
}

/** How often the indexes of the contacts were used; a server tells it about a second late. */
async function scansOf(instance: InstanceConfig): Promise<bigint> {
  await using pool = openPool({ primary: instance, replicas: [] });
  const { rows: [row] } = await pool.writer().query<{ scans: bigint }>(
    "select idx_scan as scans from pg_stat_user_tables where relname = 'contacts'",
  );
  return row?.scans ?? 0n;
}

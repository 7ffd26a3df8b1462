import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { BenchRun } from "@archway/tools/bench/bench_run.ts";
import { compare, type Result, type Variant } from "@archway/tools/bench/compare.ts";
import { loadOn } from "@archway/tools/bench/measure_process.ts";
import { startService } from "@archway/tools/bench/programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "@archway/tools/bench/scenario.ts";
import { startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";
import { posts, reads, readsTogether, type Workload } from "@archway/tools/bench/workload.ts";
import { costlyDocuments } from "@archway/tools/support/costly_documents.ts";
import { seedAccounts } from "./seed_accounts.ts";

const PATH = "/graphql";
const ACCOUNT =
  "id kind profileId currency status balance { amount currency } createdAt updatedAt closedAt etag";
const BY_ID = `query ($id: ID!) { account(id: $id) { ${ACCOUNT} } }`;
const NESTED = `{ profiles(first: 20) {
  nodes { id name email age createdAt updatedAt etag accounts(first: 20) { nodes { ${ACCOUNT} } } }
  pageInfo { endCursor }
} }`;

/** GraphQL beside the requests of the HTTP API that it replaces. */
export const graphqlScenario: Scenario<LoadSetting> = {
  name: "graphql",
  description: "GraphQL beside the HTTP API: by id, a nested list of 20, and costly documents",
  parts: ["id", "list", "costly"],
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  measure: async (run) => {
    const { parts, signal } = run;
    const fill = (instance: InstanceConfig): Promise<readonly string[]> =>
      seedAccounts(instance, { accounts: 1_000, signal });
    const { database, ids } = await startBenchDatabase(run, { fill });
    const server = await startService(database, run, { main: "main.ts", env: { WORKER: "off" } });
    const load = (workload: Workload): Variant["measure"] =>
      loadOn(run, { server, workload, connections: run.settings.connections });
    const beside = (row: string, rest: Workload, graphql: Workload): Promise<readonly Result[]> => {
      const variants = [{ name: "HTTP API", measure: load(rest) }, {
        name: "GraphQL",
        measure: load(graphql),
      }];
      return compare(run, variants, { row });
    };
    const paths = ids.map((id) => `/v1/accounts/${id}`);
    const byId = ids.map((id) => JSON.stringify({ query: BY_ID, variables: { id } }));
    const pages = ["/v1/profiles?limit=20", "/v1/accounts?limit=20"];
    return {
      ...parts.includes("id") && { "By id": await beside("by id", reads(paths), posts(PATH, byId)) },
      ...parts.includes("list") && {
        "20 profiles with accounts": await beside(
          "two requests, or one",
          readsTogether(pages),
          posts(PATH, [JSON.stringify({ query: NESTED })]),
        ),
      },
      ...parts.includes("costly") && { "Costly documents": await measureCostly(run, load) },
    };
  },
};

/** Duration for which each costly request is measured, in milliseconds, to find the one that takes longest. */
const PROBE_MS = 200;

async function measureCostly(
  run: BenchRun<LoadSetting>,
  load: (workload: Workload) => Variant["measure"],
): Promise<readonly Result[]> {
  const requests = costlyDocuments({ list: "profiles", type: "Profile" }).map(({ name, ...request }) => ({
    name,
    body: JSON.stringify(request),
  }));
  const all = await compare(run, [{
    name: `${requests.length} refused`,
    measure: load(posts(PATH, requests.map(({ body }) => body))),
  }]);
  let slowest = { name: "", processorTime: 0, measure: load(posts(PATH, [])) };
  for (const { name, body } of requests) {
    run.signal.throwIfAborted();
    const measure = load(posts(PATH, [body]));
    const { processorTime = 0 } = await measure(PROBE_MS);
    if (processorTime > slowest.processorTime) slowest = { name, processorTime, measure };
  }
  const { name, measure } = slowest;
  return [...all, ...await compare(run, [{ name: `slowest of them: ${name}`, measure }])];
}

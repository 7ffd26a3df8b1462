import { assertEquals } from "@std/assert";
import { ApiDocument } from "@archway/conformance/derived/api_document.ts";
import { deriveResources } from "@archway/conformance/history/derive_resources.ts";
import { resourceWorkload } from "@archway/conformance/history/resource_workload.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import type { Workload } from "@archway/conformance/history/workload.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { contactServer } from "../../support/contact_server.ts";
import { spec } from "../../support/contact_service/api/contactapi/server.gen.ts";
import { FIXTURE_MIGRATIONS } from "../../support/fixture_migrations.ts";
import { GENEROUS_TIMEOUTS } from "../../support/generous_timeouts.ts";
import { useTestDatabase } from "../../support/postgres/use_test_database.ts";
import { recordInProcess, type RecordInProcessOptions } from "./record_in_process.ts";
import { type ReplicaDefects, SnapshotReplica } from "./snapshot_replica.ts";
import { STORAGE_FAULTS } from "./storage_faults.ts";

const api = new ApiDocument(JSON.parse(spec));
const [workload] = deriveResources([{ api, suite: { document: "contact" } }]).map(resourceWorkload);

/** Check that finds each defect. */
const FOUND_BY: Readonly<Record<string, string>> = {
  "lost update: writes ignore the version": "linearizable",
  "acknowledged before the commit": "linearizable",
  "acknowledged, but rolled back": "linearizable",
  "cursor skips: items of nearly the same time are left out": "lists",
  "filter drops items: the value itself does not match": "lists",
  "filter lets others through: values after it match, too": "lists",
  "cursor repeats: the last item of a page is on the next one, too": "lists",
};

/** Defects of a replica, and the check that finds each. */
const REPLICAS: Readonly<Record<string, { readonly defects: ReplicaDefects; readonly foundBy: string }>> = {
  "dropped token: responses have the token of an earlier write": {
    defects: { issuesEarlierTokens: true },
    foundBy: "read-your-writes",
  },
  "replica read that ignores the token": { defects: { ignoresTokens: true }, foundBy: "read-your-writes" },
};

/** Returns the contradictions in histories of contacts on a pool. */
async function violationsOn(
  pool: ConnectionPool,
  options: Omit<RecordInProcessOptions, "workload"> = {},
): Promise<readonly Violation[]> {
  await using server = contactServer(pool);
  return await recordInProcess(server, { workload: known(), ...options });
}

/** Whether a check finds contradictions in histories of contacts on a pool. */
async function isFoundBy(
  name: string | undefined,
  pool: ConnectionPool,
  options: Pick<RecordInProcessOptions, "hasReplicas"> = {},
): Promise<boolean> {
  const until = ({ check }: Violation): boolean => check === name;
  return (await violationsOn(pool, { ...options, until })).some(until);
}

function known(): Workload {
  if (workload === undefined) throw new Error("The contact document has no collection");
  return workload;
}

Deno.test("recordInProcess() finds planted defects of storage, and nothing without them", async (t) => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using pool = openPool({
    primary: { ...database.instance, maxConnections: 20 },
    replicas: [],
    ...GENEROUS_TIMEOUTS,
  });
  await t.step("nothing", async () => {
    assertEquals(await violationsOn(pool, { rounds: 2 }), []);
    await using replica = new SnapshotReplica(pool);
    assertEquals(await violationsOn(replica.pool, { rounds: 2, hasReplicas: true }), []);
  });
  for (const [name, plant] of Object.entries(STORAGE_FAULTS)) {
    await t.step(name, async () => {
      assertEquals(await isFoundBy(FOUND_BY[name], plant(pool)), true);
    });
  }
  await t.step("stale read: a replica serves reads that need the primary", async () => {
    await using replica = new SnapshotReplica(pool, { ignoresTokens: true });
    assertEquals(await isFoundBy("linearizable", replica.pool), true);
  });
  for (const [name, { defects, foundBy }] of Object.entries(REPLICAS)) {
    await t.step(name, async () => {
      await using replica = new SnapshotReplica(pool, defects);
      assertEquals(await isFoundBy(foundBy, replica.pool, { hasReplicas: true }), true);
    });
  }
});

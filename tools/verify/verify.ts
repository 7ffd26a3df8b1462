import { fetchServed } from "@archway/conformance/conform.ts";
import { workloadsOf } from "@archway/conformance/conform_history.ts";
import {
  History,
  type HistoryEvent,
  operationsOf,
  settingsOf,
} from "@archway/conformance/history/history.ts";
import { type HistoryClient, openNetwork } from "@archway/conformance/history/history_client.ts";
import { checkCollection } from "@archway/conformance/history/resource_workload.ts";
import { runWorkloads } from "@archway/conformance/history/run_workloads.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import type { Workload } from "@archway/conformance/history/workload.ts";
import { isArray } from "@archway/service_kit/json_value.ts";
import { seededRandom } from "@archway/conformance/seeded_random.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { findSuites } from "../support/conformance/find_suites.ts";
import { Cluster, type ClusterOptions } from "./cluster.ts";
import { injectFaults } from "./inject_faults.ts";
import { FAULTS, planFaults } from "./plan_faults.ts";

const CLIENTS = 6;
/** Keeps the number of operations of long runs, and the memory of their history, in bounds. */
const MAX_PAUSE_MS = 30;
const TIMEOUT_MS = 15_000;
/** More than the jumps of clocks. */
const MAX_CLOCK_ERROR_MS = 4_000_000;

/** Program that is verified. */
export interface Verified {
  /** Main module, relative to the root of the project. */
  readonly main: string;
  readonly services: readonly ServiceModule[];
}

/** Options of {@link recordHistory}. */
export interface RecordHistoryOptions extends Verified, Pick<ClusterOptions, "isAsynchronous"> {
  readonly milliseconds: number;
  readonly seed: number;
  /** Called with every event. */
  readonly onEvent?: (event: HistoryEvent) => void;
}

/** Recorded history, and the workloads that were left out, with the reasons. */
export interface RecordedHistory {
  readonly events: readonly HistoryEvent[];
  readonly skipped: ReadonlyMap<string, string>;
}

/** Records the history of clients of a program on a cluster, while faults are injected. */
export async function recordHistory(
  { main, services, milliseconds, seed, onEvent, isAsynchronous = false }: RecordHistoryOptions,
): Promise<RecordedHistory> {
  const suites = await findSuites(services);
  const settings = Object.assign({}, ...suites.map((suite) => suite.settings));
  await using cluster = await Cluster.start({ main, isAsynchronous, settings });
  const random = seededRandom(seed);
  const history = new History(onEvent === undefined ? {} : { onEvent });
  const origin = new URL(cluster.urls[0]);
  const subjects = await fetchServed({ origin, fields: [], timeoutMs: TIMEOUT_MS }, suites);
  const workloads = workloadsOf(subjects);
  const collections = workloads.map(({ name }) => name).filter((name) => name.startsWith("/"));
  const kinds = FAULTS.filter((fault) => !fault.startsWith("clock") || cluster.clock !== undefined);
  history.note("run", { seed, main, hasReplicas: true, collections, hasClock: cluster.clock !== undefined });
  const tokens = await Promise.all(
    ["ada", "bob"].map((subject) => sign(cluster, { subject, services, collections })),
  );
  using network = openNetwork();
  const { fetch } = network;
  const clients = Array.from({ length: CLIENTS }, (_, process): HistoryClient => ({
    process,
    targets: [{ origin: cluster.urls[0], fetch }, { origin: cluster.urls[1], fetch }],
    fields: [["Authorization", `Bearer ${tokens[process % tokens.length]}`]],
    random: seededRandom(seed + process + 1),
    timeoutMs: TIMEOUT_MS,
  }));
  const plan = planFaults(milliseconds, { random, kinds });
  const skipped = await runWorkloads(workloads, {
    ...{ history, clients, milliseconds, maxPauseMs: MAX_PAUSE_MS },
    beside: () =>
      injectFaults(cluster, plan, {
        ...{ random, milliseconds },
        onFault: (fault, state) => history.note("fault", { fault, state }),
      }),
  });
  return { events: history.events, skipped };
}

/** Returns the contradictions in a recorded history. */
export async function judgeHistory(
  events: readonly HistoryEvent[],
  services: readonly ServiceModule[],
): Promise<readonly Violation[]> {
  const { hasReplicas, collections, hasClock } = settingsOf(events);
  const options = {
    ...{ all: operationsOf(events), hasReplicas: hasReplicas === true },
    ...hasClock === true && { clockErrorMs: MAX_CLOCK_ERROR_MS },
  };
  const suites = await findSuites(services);
  const own: readonly Workload[] = suites.flatMap(({ workloads = [] }) => workloads);
  return [
    ...(isArray(collections) ? collections : []).flatMap((list) => checkCollection(String(list), options)),
    ...own.flatMap((workload) => workload.check(options)),
  ];
}

/** Signs a token of an owner, who shares the items of collections with others. */
async function sign(
  { issuer }: Cluster,
  { subject, services, collections }: {
    readonly subject: string;
    readonly services: readonly ServiceModule[];
    readonly collections: readonly string[];
  },
): Promise<string> {
  const scopes = services.flatMap((service) => service.scopes ?? []);
  const shared = collections.map((list) => `${list.split("/").at(-1)}:admin`);
  const now = Math.floor(Date.now() / 1000);
  const days = 2 * 86_400;
  // Valid by clocks that differ by hours.
  return await issuer.sign({
    ...{ sub: subject, scope: [...scopes, ...shared].join(" ") },
    ...{ iat: now - days, exp: now + days },
  });
}

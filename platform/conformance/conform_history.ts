import type { ApiDocument } from "./derived/api_document.ts";
import { deriveResources } from "./history/derive_resources.ts";
import { History, type Operation, operationsOf } from "./history/history.ts";
import { type HistoryClient, openNetwork } from "./history/history_client.ts";
import { resourceWorkload } from "./history/resource_workload.ts";
import { checkHistory, runWorkloads } from "./history/run_workloads.ts";
import { seededRandom } from "./seeded_random.ts";
import { renderViolation } from "./history/violation.ts";
import type { Workload } from "./history/workload.ts";
import type { Field } from "./row.ts";
import type { Suite } from "./suite.ts";

/** Bounds of the requests to a program that others may use. */
const CLIENTS = 4;
const MAX_OPERATIONS = 4_000;
const TIMEOUT_MS = 20_000;
/** Number of successful reads, and of writes, without which a history says nothing. */
const MIN_PROVEN = 3;

/** Options of a recorded history. */
export interface HistoryRunOptions {
  readonly seconds: number;
  readonly seed: number;
}

/** Options of {@link conformHistory}. */
export interface ConformHistoryOptions extends HistoryRunOptions {
  readonly url: string;
  readonly fields: readonly Field[];
}

/** A document, and what its service adds to it. */
interface Subject {
  readonly api: ApiDocument;
  readonly suite: Suite;
}

/** Returns the workloads of documents: of their collections, and those of their services. */
export function workloadsOf(subjects: readonly Subject[]): readonly Workload[] {
  return [
    ...deriveResources(subjects).map(resourceWorkload),
    ...subjects.flatMap(({ suite }) => suite.workloads ?? []),
  ];
}

/**
 * Records a history of concurrent clients of a program, and checks its consistency. A read without a Consistency-Token may
 * be stale, as replicas may serve it.
 *
 * @throws {TypeError} when no document has a collection to test.
 */
export async function conformHistory(
  subjects: readonly Subject[],
  { url, fields, seconds, seed }: ConformHistoryOptions,
): Promise<{ readonly report: string; readonly isPassed: boolean }> {
  const workloads = workloadsOf(subjects);
  if (workloads.length === 0) {
    throw new TypeError(
      "No document has a collection whose items are created, read and replaced with If-Match",
    );
  }
  const history = new History();
  using network = openNetwork();
  const clients = Array.from({ length: CLIENTS }, (_, process): HistoryClient => ({
    ...{ process, targets: [{ origin: url, fetch: network.fetch }], fields, timeoutMs: TIMEOUT_MS },
    random: seededRandom(seed + process),
  }));
  const skipped = await runWorkloads(workloads, {
    ...{ history, clients, milliseconds: seconds * 1000, maxOperations: MAX_OPERATIONS, removes: true },
  });
  const violations = checkHistory(workloads, { events: history.events, hasReplicas: true });
  const operations = operationsOf(history.events);
  const count = (outcome: string): number => operations.filter((one) => one.outcome === outcome).length;
  const isProven = violations.length > 0 || provesSomething(operations);
  const lines = [
    ...violations.map((violation) => renderViolation(violation)),
    ...[...skipped].map(([name, reason]) => `${name} skipped: ${reason}\n`),
    `${operations.length} operations on ${workloads.map(({ name }) => name).join(", ")} (seed ${seed}): ` +
    `${count("ok")} ok, ${count("fail")} refused, ${
      count("unknown")
    } unknown; ${violations.length} violations\n`,
    ...isProven ? [] : [
      `Nothing was proven: fewer than ${MIN_PROVEN} reads or ${MIN_PROVEN} writes of items succeeded. ` +
      "Check address, token and document\n",
    ],
  ];
  return {
    report: lines.join(""),
    isPassed: isProven && violations.length === 0 && skipped.size < workloads.length,
  };
}

/** Whether items of a collection were written and read, or else objects of other workloads. */
function provesSomething(operations: readonly Operation[]): boolean {
  const ok = operations.filter(({ outcome }) => outcome === "ok");
  const writes = ok.filter(({ action, output }) => action === "replace" || output["item"] !== undefined);
  const reads = ok.filter(({ output }) => output["value"] !== undefined);
  const others = ok.filter(({ key }) => !key.startsWith("/"));
  return Math.min(writes.length, reads.length) >= MIN_PROVEN || others.length >= 2 * MIN_PROVEN;
}

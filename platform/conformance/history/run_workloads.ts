import { SetupError } from "../client.ts";
import type { CheckOptions } from "./check_reads.ts";
import { type History, operationsOf } from "./history.ts";
import type { HistoryClient } from "./history_client.ts";
import type { Violation } from "./violation.ts";
import { HistorySession, type OpenWorkload, type SharedTokens, type Workload } from "./workload.ts";

/** Options of {@link runWorkloads}. */
export interface RunWorkloadsOptions {
  readonly history: History;
  readonly clients: readonly HistoryClient[];
  readonly milliseconds: number;
  /** @default no maximum */
  readonly maxOperations?: number;
  /** Maximum pause of a client between two operations, in milliseconds. @default {0} */
  readonly maxPauseMs?: number;
  /** Runs until the time is over, such as faults. @default nothing */
  readonly beside?: () => Promise<void>;
  /** Whether created items are removed at the end. @default {false} */
  readonly removes?: boolean;
}

/** Runs workloads by concurrent clients. Returns why workloads were left out, by their names. */
export async function runWorkloads(
  workloads: readonly Workload[],
  options: RunWorkloadsOptions,
): Promise<ReadonlyMap<string, string>> {
  const { history, clients, milliseconds, beside, maxOperations = Infinity, removes = false } = options;
  const tokens: SharedTokens = { last: undefined };
  const sessions = clients.map((client) => new HistorySession(client, { history, tokens }));
  const skipped = new Map<string, string>();
  const open: OpenWorkload[] = [];
  const [first] = sessions;
  if (first === undefined) return skipped;
  for (const workload of workloads) {
    try {
      open.push(await workload.open(first));
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      skipped.set(workload.name, error.message);
    }
  }
  const endMs = performance.now() + milliseconds;
  let operations = 0;
  const run = async (session: HistorySession): Promise<void> => {
    while (performance.now() < endMs && operations++ < maxOperations) {
      await session.pick(open)?.step(session);
      await pause(session.random() * (options.maxPauseMs ?? 0));
    }
  };
  if (open.length > 0) await Promise.all([...sessions.map(run), beside?.()]);
  for (const workload of open) await workload.finish?.(sessions);
  for (const workload of removes ? open : []) await workload.remove?.(sessions);
  return skipped;
}

/** Returns the contradictions in a history, by the checks of workloads. */
export function checkHistory(
  workloads: readonly Workload[],
  { events, ...options }: Pick<History, "events"> & Omit<CheckOptions, "all">,
): readonly Violation[] {
  const all = operationsOf(events);
  return workloads.flatMap((workload) => workload.check({ ...options, all }));
}

function pause(milliseconds: number): Promise<void> {
  return milliseconds === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds));
}

import { History } from "@archway/conformance/history/history.ts";
import type { HistoryClient } from "@archway/conformance/history/history_client.ts";
import { checkHistory, runWorkloads } from "@archway/conformance/history/run_workloads.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import type { Workload } from "@archway/conformance/history/workload.ts";
import type { Field } from "@archway/conformance/row.ts";
import { seededRandom } from "@archway/conformance/seeded_random.ts";
import type { Server } from "@archway/server/server.ts";

const CLIENTS = 6;
const OPERATIONS = 400;
/** Rounds until a defect that depends on concurrency has shown, which the first ones do nearly always. */
const MAX_ROUNDS = 50;
const MAX_MS = 60_000;

/** Options of {@link recordInProcess}. */
export interface RecordInProcessOptions {
  readonly workload: Workload;
  /** Whether reads without a token may be stale. @default {false} */
  readonly hasReplicas?: boolean;
  /** Header fields of the clients in turn. @default none */
  readonly fields?: readonly (readonly Field[])[];
  /** Whether a violation ends the rounds: a defect may show to other checks first. @default any does */
  readonly until?: (violation: Violation) => boolean;
  /** Maximum number of rounds. @default {50} */
  readonly rounds?: number;
  /** Number of operations of a round. @default {400} */
  readonly operations?: number;
}

/** Runs a workload on a server in this process until a history has contradictions, and returns them. */
export async function recordInProcess(
  server: Pick<Server, "fetch">,
  { workload, until = () => true, rounds = MAX_ROUNDS, ...options }: RecordInProcessOptions,
): Promise<readonly Violation[]> {
  const { hasReplicas = false, fields = [[]], operations = OPERATIONS } = options;
  for (let round = 0; round < rounds; round++) {
    const history = new History();
    const clients = Array.from({ length: CLIENTS }, (_, process): HistoryClient => ({
      process,
      targets: [{ origin: "http://localhost", fetch: async (request) => await server.fetch(request) }],
      fields: fields[process % fields.length] ?? [],
      random: seededRandom(round * CLIENTS + process),
      timeoutMs: MAX_MS,
    }));
    const skipped = await runWorkloads([workload], {
      ...{ history, clients, milliseconds: MAX_MS, maxOperations: operations },
    });
    if (skipped.size > 0) throw new Error([...skipped.values()].join("; "));
    const violations = checkHistory([workload], { events: history.events, hasReplicas, clockErrorMs: 0 });
    if (violations.some(until)) return violations;
  }
  return [];
}

import type { InstanceHealth } from "../../db.ts";
import { UNREACHABLE } from "../connection/query_with_timeout.ts";
import type { PrimaryCandidate } from "./primary_candidate.ts";

/**
 * How the primary is, and where it may be one of several servers, how each of them is: one that could not take over is
 * known before it is needed. Never rejects.
 */
export async function checkPrimary(
  candidates: readonly PrimaryCandidate[],
): Promise<readonly InstanceHealth[]> {
  const answers = await Promise.all(candidates.map((candidate) => candidate.check()));
  const primary = { name: "primary", role: "primary" } as const;
  const accepts = answers.some((answer) => "acceptsWrites" in answer && answer.acceptsWrites);
  const [only] = answers;
  if (answers.length === 1 && only !== undefined) {
    if (accepts) return [{ ...primary, healthy: true }];
    return [{
      ...primary,
      healthy: false,
      reason: "reason" in only ? only.reason : "It does not accept writes",
    }];
  }
  const reason = answers.every((answer) => "reason" in answer)
    ? UNREACHABLE
    : "None of its hosts accepts writes";
  return [
    accepts ? { ...primary, healthy: true } : { ...primary, healthy: false, reason },
    ...answers.map((answer, index): InstanceHealth => {
      const host = { name: `primary_${index}`, role: "candidate" } as const;
      return "reason" in answer
        ? { ...host, healthy: false, reason: answer.reason }
        : { ...host, healthy: true };
    }),
  ];
}

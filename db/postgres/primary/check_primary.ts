import type { InstanceHealth } from "../../db.ts";
import { UNREACHABLE } from "../connection/query_with_timeout.ts";
import type { PrimaryCandidate } from "./primary_candidate.ts";

/** Options of {@link checkPrimary}. */
export interface CheckPrimaryOptions {
  /** Whether the connections of the pool take a statement. Never rejects. */
  readonly serves: () => Promise<boolean>;
}

/**
 * Returns the health of the primary and of its candidates, if there are several. A candidate that could not take over
 * is noticed in advance. Never rejects.
 */
export async function checkPrimary(
  candidates: readonly PrimaryCandidate[],
  { serves }: CheckPrimaryOptions,
): Promise<readonly InstanceHealth[]> {
  const states = await Promise.all(candidates.map((candidate) => candidate.check()));
  const primary = { name: "primary", role: "primary" } as const;
  const accepts = states.some((state) => "acceptsWrites" in state && state.acceptsWrites);
  // The server has no connection left for the probe: those of the pool show whether requests succeed.
  const isFull = !accepts && states.some((state) => "reason" in state && state.isFull);
  const serving = isFull && await serves() ? { isServing: true } : {};
  const [only] = states;
  if (states.length === 1 && only !== undefined) {
    if (accepts) return [{ ...primary, healthy: true }];
    return [{
      ...primary,
      ...serving,
      healthy: false,
      reason: "reason" in only ? only.reason : "does not accept writes",
    }];
  }
  const reason = states.every((state) => "reason" in state)
    ? UNREACHABLE
    : "none of its hosts accepts writes";
  return [
    accepts ? { ...primary, healthy: true } : { ...primary, ...serving, healthy: false, reason },
    ...states.map((state, index): InstanceHealth => {
      const host = { name: `primary_${index}`, role: "candidate" } as const;
      return "reason" in state
        ? { ...host, healthy: false, reason: state.reason }
        : { ...host, healthy: true };
    }),
  ];
}

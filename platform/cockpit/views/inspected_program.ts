import type { Transaction } from "@archway/db/db.ts";
import type { InspectedProgram } from "@archway/service_kit/developer_tool.ts";
import type { CockpitState } from "../cockpit_state.ts";
import { ViewError } from "./view_endpoint.ts";

/** Maximum duration of reading for a page, and of waiting for a lock, in milliseconds. */
const TIMEOUT_MS = 3_000;
const LOCK_TIMEOUT_MS = 500;

/**
 * Returns the program that a cockpit shows.
 *
 * @throws {ViewError} if it does not serve yet.
 */
export function programOf({ program }: CockpitState): InspectedProgram {
  if (program === undefined) throw new ViewError(409, "The program does not serve yet");
  return program;
}

/** Reads in a transaction in which the server rejects writes, and ends statements that take long. */
export function readOnly<T>(state: CockpitState, run: (tx: Transaction) => Promise<T>): Promise<T> {
  const options = { readOnly: true, lockTimeoutMs: LOCK_TIMEOUT_MS };
  return programOf(state).pool.withTimeoutTx(TIMEOUT_MS, run, options);
}

import type { ArmedFault, FaultKind } from "../faults/fault_injector.ts";
import type { CockpitState } from "../cockpit_state.ts";
import { fieldOf, type ViewEndpoint, ViewError, type ViewRequest } from "./view_endpoint.ts";

/** Limits of faults, so that none is forgotten. */
const MAX_REQUESTS = 1_000;
const MAX_DELAY_MS = 60_000;
const MAX_ARMED = 20;

const KINDS: readonly FaultKind[] = ["delay", "unavailable", "drop"];

/** Endpoints of the faults that are injected into requests. */
export const faultEndpoints: readonly ViewEndpoint[] = [
  { method: "GET", path: "/faults", handle: ({ state }) => list(state) },
  { method: "POST", path: "/faults", handle: arm },
  { method: "POST", path: "/faults/disarm", handle: disarm },
];

function list(
  { faults }: CockpitState,
): { readonly faults: readonly ArmedFault[]; readonly operations: readonly string[] } {
  return { faults: faults.armed, operations: faults.operations };
}

function arm({ state, body }: ViewRequest): unknown {
  const { faults } = state;
  const [kind, operation] = [
    KINDS.find((each) => each === fieldOf(body, "kind")),
    fieldOf(body, "operation"),
  ];
  if (kind === undefined) throw new ViewError(400, `kind: expected one of: ${KINDS.join(", ")}`);
  if (operation !== undefined && !faults.operations.some((name) => name === operation)) {
    throw new ViewError(400, "operation: no such operation");
  }
  const remaining = wholeNumber(body, "requests", MAX_REQUESTS);
  const delayMs = kind === "delay" ? wholeNumber(body, "delayMs", MAX_DELAY_MS) : 0;
  if (faults.armed.length >= MAX_ARMED) {
    throw new ViewError(409, `${MAX_ARMED} faults are armed; disarm one first`);
  }
  faults.arm({
    kind,
    operation: operation === undefined ? undefined : String(operation),
    remaining,
    delayMs,
  });
  return list(state);
}

function wholeNumber(body: unknown, name: string, max: number): number {
  const value = fieldOf(body, name);
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > max) {
    throw new ViewError(400, `${name}: expected a whole number from 1 to ${max}`);
  }
  return value;
}

/** Disarms the fault that the body names, or all. */
function disarm({ state, body }: ViewRequest): unknown {
  const id = fieldOf(body, "id");
  state.faults.disarm(id === undefined ? undefined : Number(id));
  return list(state);
}

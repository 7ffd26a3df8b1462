import type { JsonValue } from "@archway/server/operation.ts";
import { child, elements, entries, isArray, type Located } from "../oapi_codegen/document/json_value.ts";
import type { OperationPair } from "./document_pair.ts";

/** Scopes by scheme; all schemes are needed. */
type Requirement = ReadonlyMap<string, readonly string[]>;

/** Compares the security of an operation: each way in which a client was let in must still be one. */
export function compareSecurity(pair: OperationPair): void {
  const { changes, place, operation } = pair;
  const before = requirementsOf(operation.before, pair.before);
  const after = requirementsOf(operation.after, pair.after);
  // The document's own requirements are one change for all operations.
  const pointer = child(operation.after, "security")?.pointer ?? "/security";
  let isBroken = false;
  for (const requirement of before) {
    if (after.some((other) => isMetBy(other, requirement))) continue;
    isBroken = true;
    const message = requirement.size === 0
      ? `security added: ${after.map(describe).join(" or ")}`
      : `security changed: ${describe(requirement)} no longer suffices; needed is ${
        after.map(describe).join(" or ")
      }`;
    changes.add(place, { level: "breaking", message, pointer, side: "after" });
  }
  for (const requirement of after) {
    if (before.some((other) => isMetBy(requirement, other) && isMetBy(other, requirement))) continue;
    if (before.some((other) => isMetBy(requirement, other))) {
      if (!before.some((other) => isMetBy(other, requirement))) {
        const message = `security needs less: ${describe(requirement)} suffices`;
        changes.add(place, { level: "safe", message, pointer, side: "after" });
      }
      continue;
    }
    if (isBroken || before.some((other) => other.size === 0)) continue;
    const message = `security accepts ${describe(requirement)} as well`;
    changes.add(place, { level: "safe", message, pointer, side: "after" });
  }
}

/** Returns the alternatives of an operation; that without schemes lets everybody in. */
function requirementsOf(operation: Located, root: JsonValue): readonly Requirement[] {
  const holder = child(operation, "security") === undefined ? { value: root, pointer: "" } : operation;
  const alternatives = [...elements(holder, "security")].map((alternative): Requirement =>
    new Map(
      [...entries(alternative)].map(([scheme, { value }]) => [
        scheme,
        isArray(value) ? value.map(String) : [],
      ]),
    )
  );
  return alternatives.length === 0 ? [new Map()] : alternatives;
}

/** Whether a client that meets one requirement meets another. */
function isMetBy(requirement: Requirement, client: Requirement): boolean {
  return [...requirement].every(([scheme, scopes]) => {
    const held = client.get(scheme);
    return held !== undefined && scopes.every((scope) => held.includes(scope));
  });
}

function describe(requirement: Requirement): string {
  if (requirement.size === 0) return "no credentials";
  return [...requirement].map(([scheme, scopes]) =>
    scopes.length === 0 ? scheme : `${scheme} (${scopes.join(", ")})`
  ).join(" and ");
}

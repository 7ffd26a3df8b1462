import { textMember } from "../oapi_codegen/document/json_value.ts";
import { ChangeList } from "./change_list.ts";
import { compareBody } from "./compare_body.ts";
import { compareParameters } from "./compare_parameters.ts";
import { compareResponses } from "./compare_responses.ts";
import { compareSecurity } from "./compare_security.ts";
import { compareServers } from "./compare_servers.ts";
import type { OperationPair } from "./document_pair.ts";
import { compareLifecycle, compareStability, isExperimental } from "./lifecycle.ts";

/**
 * Compares two versions of an operation, without its callbacks. Returns the pair with the list of changes that also those
 * of the callbacks belong to.
 */
export function compareOperation(all: OperationPair): OperationPair {
  const { operation, place } = all;
  compareStability(all);
  const pair = isExperimental(operation.before) ? { ...all, changes: new ChangeList(all.changes) } : all;
  compareName(pair);
  compareLifecycle(pair);
  compareParameters(pair);
  compareBody(pair);
  compareResponses(pair);
  if (pair.clientSends === "request") compareSecurity(pair);
  compareServers(pair, { ...operation, place });
  return pair;
}

function compareName({ changes, operation: { before, after }, place }: OperationPair): void {
  const [old, now] = [textMember(before.value, "operationId"), textMember(after.value, "operationId")];
  if (old === now || old === undefined) return;
  changes.add(place, {
    level: "risky",
    message: now === undefined
      ? `operationId ${old} removed: generated clients change`
      : `operationId changed from ${old} to ${now}: generated clients change`,
    pointer: now === undefined ? after.pointer : `${after.pointer}/operationId`,
    side: "after",
  });
}

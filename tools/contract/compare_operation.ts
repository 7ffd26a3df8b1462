import { entries, type Located, textMember } from "../oapi_codegen/document/json_value.ts";
import { ChangeList } from "./change_list.ts";
import { compareBody } from "./compare_body.ts";
import { compareParameters } from "./compare_parameters.ts";
import { comparePathItems } from "./compare_paths.ts";
import { compareResponses } from "./compare_responses.ts";
import { compareSecurity } from "./compare_security.ts";
import { compareServers } from "./compare_servers.ts";
import type { OperationPair } from "./document_pair.ts";
import { follow } from "./flat_schema.ts";
import { compareLifecycle, compareStability, isExperimental } from "./lifecycle.ts";

/** Compares two versions of an operation. */
export function compareOperation(all: OperationPair): void {
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
  compareCallbacks(pair);
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

/** Callbacks of callbacks that are compared. */
const MAX_CALLBACKS = 2;

function compareCallbacks(pair: OperationPair): void {
  const { operation, place, clientSends } = pair;
  // The path of a callback may refer to that of the operation.
  if (place.split(", callback ").length > MAX_CALLBACKS) return;
  const callbacks = (parent: Located): ReadonlyMap<string, Located> => new Map(entries(parent, "callbacks"));
  const [before, after] = [callbacks(operation.before), callbacks(operation.after)];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const items = (found: Located | undefined, root: OperationPair["before"]): ReadonlyMap<string, Located> =>
      found === undefined ? new Map() : new Map(entries(follow(found, root)));
    comparePathItems(pair, {
      before: items(before.get(name), pair.before),
      after: items(after.get(name), pair.after),
      prefix: `${place}, callback ${name} `,
      clientSends: clientSends === "request" ? "response" : "request",
    });
  }
}

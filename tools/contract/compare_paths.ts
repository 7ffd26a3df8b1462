import { child, entries, type Located } from "../oapi_codegen/document/json_value.ts";
import type { Direction } from "./change.ts";
import { compareOperation } from "./compare_operation.ts";
import { compareServers } from "./compare_servers.ts";
import type { DocumentPair, OperationPair } from "./document_pair.ts";
import { follow } from "./flat_schema.ts";
import { reportRemovedOperation } from "./lifecycle.ts";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/** Options for comparing path items. */
export interface ComparePathsOptions {
  /** Member with the path items. */
  readonly key: "paths" | "webhooks";
  readonly clientSends: Direction;
}

/** Compares the paths of a document, or its webhooks. The names of variables do not distinguish paths. */
export function comparePaths(pair: DocumentPair, { key, clientSends }: ComparePathsOptions): void {
  comparePathItems(pair, {
    before: new Map(entries({ value: pair.before, pointer: "" }, key)),
    after: new Map(entries({ value: pair.after, pointer: "" }, key)),
    prefix: key === "paths" ? "" : "webhook ",
    clientSends,
  });
}

/** Compares path items by path. `prefix` precedes the method in messages. */
function comparePathItems(
  pair: DocumentPair,
  { before, after, prefix, clientSends }: {
    readonly before: ReadonlyMap<string, Located>;
    readonly after: ReadonlyMap<string, Located>;
    readonly prefix: string;
    readonly clientSends: Direction;
  },
): void {
  const shapes = new Map([...after].map(([path, item]) => [shapeOf(path), { path, item }]));
  const matched = new Set<string>();
  for (const [path, item] of before) {
    const same = after.get(path);
    const found = same === undefined ? shapes.get(shapeOf(path)) : { path, item: same };
    const isOther = found !== undefined && found.path !== path && before.has(found.path);
    if (found !== undefined && !isOther) matched.add(found.path);
    const now = isOther ? undefined : found?.item;
    compareItem(pair, { before: item, after: now, name: prefix, path: found?.path ?? path, clientSends });
  }
  for (const [path, item] of after) {
    if (!matched.has(path)) {
      compareItem(pair, { before: undefined, after: item, name: prefix, path, clientSends });
    }
  }
}

/** Returns a path without the names of its variables. */
function shapeOf(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, "{}");
}

/** Returns the operations of a path item by method. */
function operationsOf(item: Located | undefined): ReadonlyMap<string, Located> {
  if (item === undefined) return new Map();
  return new Map([
    ...METHODS.flatMap((method): [string, Located][] => {
      const operation = child(item, method);
      return operation === undefined ? [] : [[method.toUpperCase(), operation]];
    }),
    ...entries(item, "additionalOperations"),
  ]);
}

function compareItem(
  pair: DocumentPair,
  { before, after, name, path, clientSends }: {
    before: Located | undefined;
    after: Located | undefined;
    name: string;
    path: string;
    clientSends: Direction;
  },
): void {
  const old = before === undefined ? undefined : follow(before, pair.before);
  const now = after === undefined ? undefined : follow(after, pair.after);
  if (old !== undefined && now !== undefined) {
    compareServers(pair, { before: old, after: now, place: `${name}${path}` });
  }
  const [earlier, later] = [operationsOf(old), operationsOf(now)];
  for (const method of new Set([...earlier.keys(), ...later.keys()])) {
    const place = `${name}${method} ${path}`;
    const [left, right] = [earlier.get(method), later.get(method)];
    if (left !== undefined && right !== undefined && old !== undefined && now !== undefined) {
      const compared = compareOperation({
        ...pair,
        operation: { before: left, after: right },
        path: { before: old, after: now },
        place,
        clientSends,
      });
      compareCallbacks(compared);
    } else if (left !== undefined) reportRemovedOperation(pair, { operation: left, place });
    else if (right !== undefined) {
      const message = "operation added";
      pair.changes.add(place, { level: "safe", message, pointer: right.pointer, side: "after" });
    }
  }
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

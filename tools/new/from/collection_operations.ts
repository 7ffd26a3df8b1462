import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { itemSchema } from "./object_shape.ts";
import { listPlace, successOf } from "./responses.ts";

/** Operations of the paths of a collection. */
export interface CollectionOperations {
  /** Path of the collection, such as "/bookings". */
  readonly path: string;
  readonly create: OperationModel;
  readonly list: OperationModel | undefined;
  /** Further lists below the collection, such as "/pets/findByStatus". */
  readonly searches: readonly OperationModel[];
  readonly read: OperationModel | undefined;
  /** Replaces an item, at its path or at that of the collection with the key in the body. */
  readonly replace: OperationModel | undefined;
  readonly patch: OperationModel | undefined;
  readonly remove: OperationModel | undefined;
}

/** Operation that is left to the team, with the reason. */
export interface LeftOperation {
  readonly operation: OperationModel;
  readonly reason: string;
}

/** Groups the operations of a document by collections: paths where items are created, and read or listed. */
export function groupOperations(
  operations: readonly OperationModel[],
  references: References,
): { readonly collections: readonly CollectionOperations[]; readonly left: readonly LeftOperation[] } {
  const collections: CollectionOperations[] = [];
  const reasons = new Map<string, string>();
  for (const create of operations.filter(({ method }) => method === "POST")) {
    const { path } = create;
    const below = operations.filter((other) => other.path.startsWith(`${path}/`));
    const at = (method: string, paths: readonly OperationModel[]): OperationModel | undefined =>
      paths.find((other) => other.method === method);
    const own = operations.filter((other) => other.path === path);
    const items = below.filter((other) => /^\/\{[^{}/]+\}$/.test(other.path.slice(path.length)));
    const searches = below.filter((other) =>
      other.method === "GET" && /^\/[^{}/]+$/.test(other.path.slice(path.length)) &&
      isObjectList(other, references)
    );
    const [read, listed] = [at("GET", items), at("GET", own)];
    const list = listed !== undefined && isObjectList(listed, references) ? listed : undefined;
    if (/\}$/.test(path)) {
      reasons.set(create.operationId, "a POST to an item, which is not a collection");
      continue;
    }
    if (read === undefined && list === undefined) continue;
    if (/[{}]/.test(path)) {
      for (const { operationId } of [...own, ...items]) {
        reasons.set(operationId, "a collection below items of another one");
      }
      continue;
    }
    const replace = at("PUT", items) ?? at("PUT", own);
    collections.push({
      ...{ path, create, list, searches, read, replace },
      ...{ patch: at("PATCH", items), remove: at("DELETE", items) },
    });
  }
  // A search may be the list of another collection.
  const lists = new Set(collections.flatMap(({ list }) => list ?? []));
  const found = collections.map((one) => ({
    ...one,
    searches: one.searches.filter((search) => !lists.has(search)),
  }));
  const known = new Set(found.flatMap(operationsOf));
  const left = operations.filter((operation) => !known.has(operation)).map((operation) => ({
    operation,
    reason: reasons.get(operation.operationId) ?? "not an operation of a collection",
  }));
  return { collections: found, left };
}

/** Returns all operations of a collection. */
export function operationsOf(
  { create, list, searches, read, replace, patch, remove }: CollectionOperations,
): readonly OperationModel[] {
  return [create, list, ...searches, read, replace, patch, remove].filter((one) => one !== undefined);
}

function isObjectList(operation: OperationModel, references: References): boolean {
  const schema = successOf(operation)?.media?.schema;
  const place = schema && listPlace(schema, references);
  return place !== undefined && itemSchema(place.schema, references) !== undefined;
}

import type { JsonValue } from "@archway/server/operation.ts";
import { isObject, type Located } from "../../oapi_codegen/document/json_value.ts";
import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import type { Collection, Column, Key, PlannedList, PlannedWrite } from "./collection.ts";
import type { ResourceNames } from "./resource_names.ts";
import { type CollectionOperations, type LeftOperation, operationsOf } from "./collection_operations.ts";
import { findItem } from "./find_item.ts";
import type { ObjectShape } from "./object_shape.ts";
import { isWhole, lostProperties, planColumns } from "./plan_columns.ts";
import { keyParameter, planKey, sampleKeys } from "./plan_key.ts";
import { planList } from "./plan_list.ts";
import { ResponsePlanner } from "./plan_responses.ts";
import { bodyOf, planWrite } from "./plan_write.ts";
import { type Planning, Unsupported } from "./planning.ts";
import { successOf } from "./responses.ts";
import { ValueTypes } from "./value_types.ts";

/** Planned collection, and the operations of it that are left to the team. */
export interface CollectionPlan {
  /** Undefined if none of its operations can be served. */
  readonly collection: Collection | undefined;
  readonly left: readonly LeftOperation[];
}

/** Plans the table and the handlers of a collection. */
export function planCollection(
  operations: CollectionOperations,
  { names, isOwned, planning }: {
    readonly names: ResourceNames;
    readonly isOwned: boolean;
    readonly planning: Planning;
  },
): CollectionPlan {
  const left: LeftOperation[] = [];
  /** Plans an operation; one that is not supported is left. */
  const attempt = <Planned>(
    operation: OperationModel | undefined,
    plan: (operation: OperationModel) => Planned,
  ): Planned | undefined => {
    try {
      return operation === undefined ? undefined : plan(operation);
    } catch (error) {
      if (!(error instanceof Unsupported) || operation === undefined) throw error;
      left.push({ operation, reason: error.message });
      return undefined;
    }
  };
  try {
    const parameter = keyParameter(operations.read ?? operations.replace ?? operations.remove)?.name;
    const item = findItem(operations, { names, parameter, planning });
    const body = bodyOf(operations.create, planning);
    const key = planKey({ property: item.property, item: item.shape, body: body.shape }, planning);
    const { references, hasDefault } = planning;
    const values = new ValueTypes(references, { prefix: names.singular.pascal, hasDefault });
    const isKnown = key.namedBy !== "server" || successOf(operations.create)?.media !== undefined;
    if (!isKnown) throw new Unsupported(`the response to its creation does not contain ${key.property}`);
    const columns = planColumns({ item, key, values }, body, planning);
    const planner = new ResponsePlanner(planning, { names, key, columns, item, parameter });
    const write = (operation: OperationModel): PlannedWrite =>
      planWrite(operation, { planner, item, key, columns });
    const read = attempt(
      operations.read,
      (operation) => ({ operation, response: planner.response(operation) }),
    );
    const create = write(operations.create);
    const lists = [operations.list, ...operations.searches].flatMap((operation): readonly PlannedList[] => {
      const planned = attempt(
        operation,
        (one) => planList(one, { planner, isSearch: one !== operations.list }),
      );
      return planned === undefined ? [] : [planned];
    });
    const samples = samplesOf(body.schema, planning);
    const keys = sampleKeys({ key, item: item.shape, operations }, planning);
    const replace = attempt(operations.replace, (operation) => {
      const planned = write(operation);
      const isAtItem = keyParameter(operation) !== undefined;
      if (!isAtItem && planned.key === "absent") throw new Unsupported("its body has no key");
      return planned;
    });
    const collection: Collection = {
      ...{ names, path: operations.path, key, columns, create, lists, read, replace, isOwned, samples, keys },
      values: values.all(),
      patch: attempt(operations.patch, (operation) => {
        if (columns.some(isWhole)) {
          throw new Unsupported("the item is stored as a whole, which it changes in part");
        }
        return write(operation);
      }),
      remove: attempt(
        operations.remove,
        (operation) => ({ operation, response: planner.response(operation) }),
      ),
      notes: notesOf({ body: body.shape, columns, key, planner, lists, names }),
    };
    return { collection, left };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const reason = `${operations.path} has no table: ${error.message}`;
    return {
      collection: undefined,
      left: operationsOf(operations).map((operation) => ({ operation, reason })),
    };
  }
}

function samplesOf(schema: Located, { sampler }: Planning): readonly [JsonValue, JsonValue] {
  const first = sampler.sample(schema, { optional: true });
  const second = sampler.sample(schema, { optional: false });
  if (first === undefined || second === undefined || !isObject(first)) {
    throw new Unsupported("no body for its tests was found");
  }
  return [first, second];
}

function notesOf(
  { body, columns, key, planner, lists, names }: {
    readonly body: ObjectShape;
    readonly columns: readonly Column[];
    readonly key: Key;
    readonly planner: ResponsePlanner;
    readonly lists: readonly PlannedList[];
    readonly names: ResourceNames;
  },
): readonly string[] {
  const lost = lostProperties(body, { key, columns, planning: planner.planning });
  const unset = [...planner.unset];
  const placeholders = [...planner.placeholders].map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const isStoredWhole = columns.some(isWhole);
  const keyNotes = {
    client: `The client names ${names.one} by ${key.property}; one that exists is a conflict (409)`,
    either:
      `The client may name ${names.one} by ${key.property}, or the server does; one that exists is a conflict (409)`,
    server: `The server makes ${key.property}${key.kind === "uuid" ? ", a UUIDv7" : ""}`,
  };
  return [
    keyNotes[key.namedBy],
    ...(isStoredWhole
      ? ["Its bodies are stored as a whole, as JSON: alternatives and members of any name are no columns"]
      : []),
    ...(lost.length > 0 && !isStoredWhole
      ? [`Accepted, but neither stored nor returned: ${lost.join(", ")}`]
      : []),
    ...(unset.length > 0 ? [`Left out of responses, because nothing sets them: ${unset.join(", ")}`] : []),
    ...(placeholders.length > 0
      ? [`Placeholders in responses, which require them while nothing sets them: ${placeholders.join(", ")}`]
      : []),
    ...lists.filter(({ ignored }) => ignored.length > 0).map(({ operation, ignored }) =>
      `${operation.operationId} ignores ${ignored.join(", ")}; filters are properties of ${names.one}`
    ),
  ];
}

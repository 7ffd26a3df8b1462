import type { JsonValue } from "@archway/server/operation.ts";
import { isObject, type Located } from "../../oapi_codegen/document/json_value.ts";
import type { MediaModel, OperationModel } from "../../oapi_codegen/operations/model.ts";
import type { Collection, Column, Key, PlannedList, PlannedWrite, ResourceNames } from "./collection.ts";
import { columnType } from "./column_type.ts";
import { type CollectionOperations, type LeftOperation, operationsOf } from "./collection_operations.ts";
import { itemSchema, mergedSchema, type ObjectShape, objectShape } from "./object_shape.ts";
import { planColumns, planInput } from "./plan_columns.ts";
import { keyParameter, keyProperty, planKey, sampleKeys } from "./plan_key.ts";
import { planList } from "./plan_list.ts";
import { ResponsePlanner } from "./plan_responses.ts";
import { componentType, type Planning, propertyType, responseBodyType, Unsupported } from "./planning.ts";
import { ValueTypes } from "./value_types.ts";
import { itemPlace, listPlace, successOf } from "./responses.ts";

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
    const columns = planColumns({ shape: item.shape, key, values }, body.shape, planning);
    if (columns.length === 0) throw new Unsupported("its body has no property of the item");
    const planner = new ResponsePlanner(planning, { names, key, columns, item: item.shape, parameter });
    const write = (operation: OperationModel): PlannedWrite =>
      planWrite(operation, { planner, item: item.shape, key, columns });
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
      patch: attempt(operations.patch, write),
      remove: attempt(
        operations.remove,
        (operation) => ({ operation, response: planner.response(operation) }),
      ),
      notes: notesOf({ body: body.shape, columns, key, planner, lists, names }),
    };
    return { collection, left };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const reason = `${operations.path} is no table: ${error.message}`;
    return {
      collection: undefined,
      left: operationsOf(operations).map((operation) => ({ operation, reason })),
    };
  }
}

interface FoundItem {
  readonly shape: ObjectShape;
  readonly property: string;
  readonly type: string;
}

/** Finds the item in the response that reads it, or else in that of the list. */
function findItem(
  { read, list }: CollectionOperations,
  { names, parameter, planning }: {
    readonly names: ResourceNames;
    readonly parameter: string | undefined;
    readonly planning: Planning;
  },
): FoundItem {
  const { references } = planning;
  const keyOf = (shape: ObjectShape): string | undefined => keyProperty(shape, { parameter, names });
  const found = (schema: Located | undefined, type: string): FoundItem | undefined => {
    const shape = schema && objectShape(schema, references);
    const property = shape && keyOf(shape);
    if (schema === undefined || shape === undefined || property === undefined) return undefined;
    if (!shape.isPlain) {
      throw new Unsupported("its item has alternatives, or properties of any name, which are no columns");
    }
    return { shape, property, type: componentType(schema, planning) ?? type };
  };
  const reading = read && successOf(read);
  const place = reading?.media &&
    itemPlace(reading.media.schema, { references, isItem: (shape) => keyOf(shape) !== undefined });
  if (read !== undefined && reading !== undefined && place !== undefined) {
    const item = found(place.schema, propertyType(responseBodyType(read, reading), place.property));
    if (item !== undefined) return item;
  }
  const listing = list && successOf(list);
  const items = listing?.media && listPlace(listing.media.schema, references);
  if (list !== undefined && listing !== undefined && items !== undefined) {
    const type = `${propertyType(responseBodyType(list, listing), items.property)}[number]`;
    const item = found(itemSchema(items.schema, references), type);
    if (item !== undefined) return item;
  }
  throw new Unsupported("no property identifies an item");
}

/** Returns the JSON body of a request. Other media types must have the same schema. */
function bodyOf(
  { body }: OperationModel,
  planning: Planning,
): { readonly schema: Located; readonly shape: ObjectShape } {
  const content = (body?.content ?? []).filter(({ codec }) => codec === "json" || codec === "form");
  const [media] = content.filter(({ codec }) => codec === "json");
  if (media?.schema === undefined || content.length !== body?.content.length) {
    throw new Unsupported("its body is no JSON");
  }
  const target = ({ schema }: MediaModel): string =>
    schema === undefined ? "" : planning.references.follow(schema)?.pointer ?? "";
  if (content.some((other) => target(other) !== target(media))) {
    throw new Unsupported("its media types have different bodies");
  }
  const shape = objectShape(media.schema, planning.references);
  if (shape === undefined) throw new Unsupported("its body is no object");
  if (!shape.isPlain) throw new Unsupported("its body has alternatives, or properties of any name");
  return { schema: media.schema, shape };
}

function planWrite(
  operation: OperationModel,
  { planner, item, key, columns }: {
    readonly planner: ResponsePlanner;
    readonly item: ObjectShape;
    readonly key: Key;
    readonly columns: readonly Column[];
  },
): PlannedWrite {
  const { schema, shape } = bodyOf(operation, planner.planning);
  const members = planInput(columns, shape, { item, planning: planner.planning });
  if (members.length === 0) throw new Unsupported("its body has no property of the item");
  const sent = shape.properties.get(key.property);
  // The second one differs from the body that the tests create items with.
  const sample = planner.planning.sampler.samples(schema, { optional: true }).at(-1);
  if (sample === undefined) throw new Unsupported("no body for its tests was found");
  return {
    ...{ operation, members, sample, response: planner.response(operation) },
    isBodyOptional: operation.body?.required === false,
    isBodyNullable:
      columnType({ name: "", schemas: [schema], isRequired: true }, planner.planning.references).isNullable,
    key: sent === undefined ? "absent" : sent.isRequired ? "required" : "optional",
  };
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
  const stored = new Set([key.property, ...columns.map(({ property }) => property)]);
  // Clients do not send what is read-only (OpenAPI 3.1, section 4.8.24.1).
  const lost = [...body.properties.values()].filter((property) =>
    !stored.has(property.name) && mergedSchema(property, planner.planning.references)["readOnly"] !== true
  ).map(({ name }) => name);
  const unset = [...planner.unset];
  const keyNotes = {
    client: `The client names ${names.one} by ${key.property}; one that exists is a conflict (409)`,
    either:
      `The client may name ${names.one} by ${key.property}, or the server does; one that exists is a conflict (409)`,
    server: `The server makes ${key.property}${key.kind === "uuid" ? ", a UUIDv7" : ""}`,
  };
  return [
    keyNotes[key.namedBy],
    ...(lost.length > 0 ? [`Accepted, but neither stored nor returned: ${lost.join(", ")}`] : []),
    ...(unset.length > 0 ? [`Left out of responses, because nothing sets them: ${unset.join(", ")}`] : []),
    ...lists.filter(({ ignored }) => ignored.length > 0).map(({ operation, ignored }) =>
      `${operation.operationId} ignores ${ignored.join(", ")}: not properties of ${names.one}`
    ),
  ];
}

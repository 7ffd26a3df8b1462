import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import { DEFAULT_SCHEMA_SUFFIX } from "../../oapi_codegen/config/config.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { SchemaAliases } from "../../oapi_codegen/types/schema_aliases.ts";
import type { Collection } from "./collection.ts";
import { groupOperations, type LeftOperation, operationsOf } from "./collection_operations.ts";
import { planCollection } from "./plan_collection.ts";
import { type ResourceNames, resourceNames } from "./resource_names.ts";
import { Sampler } from "./sampler.ts";
import { appliedDefaults } from "./value_types.ts";

/** Collections of a document, and the operations that are left to the team. */
export interface ServicePlan {
  readonly collections: readonly Collection[];
  readonly left: readonly LeftOperation[];
}

/** Options of {@link planService}. */
export interface PlanServiceOptions {
  readonly references: References;
  /** Whether resources belong to the callers who create them, where all their operations identify the caller. */
  readonly isOwned: boolean;
  /** Words in front of the names of resources that are taken. */
  readonly prefix: string;
  /** Whether a table or problem type of another service has the name. */
  readonly isTaken: (names: ResourceNames) => boolean;
}

/** Plans the tables and handlers of a document. */
export function planService(
  operations: readonly OperationModel[],
  { references, isOwned, prefix, isTaken }: PlanServiceOptions,
): ServicePlan {
  const aliases = new SchemaAliases({ value: references.root, pointer: "" }, operations, {
    ...{ suffix: DEFAULT_SCHEMA_SUFFIX, given: new Map(), diagnostics: references.diagnostics },
  });
  const planning = {
    ...{ references, aliases, sampler: new Sampler(references) },
    hasDefault: appliedDefaults(operations, references),
  };
  const grouped = groupOperations(operations, references);
  const collections: Collection[] = [];
  const left = [...grouped.left];
  for (const group of grouped.collections) {
    const isKnown = (names: ResourceNames): boolean =>
      isTaken(names) ||
      collections.some((other) =>
        other.names.plural.snake === names.plural.snake || other.names.singular.snake === names.singular.snake
      );
    const names = resourceNames(group.path, { prefix, isTaken: isKnown });
    const plan = planCollection(group, {
      ...{ names, planning },
      isOwned: isOwned && operationsOf(group).every(identifiesCaller),
    });
    if (plan.collection !== undefined) collections.push(plan.collection);
    left.push(...plan.left);
  }
  return { collections, left: left.filter(({ operation }) => !isServed(operation, collections)) };
}

/** Whether every request of an operation has a caller, or authentication is off. */
function identifiesCaller({ security }: OperationModel): boolean {
  return security.length > 0 && security.every((schemes) => schemes.length > 0);
}

function isServed(operation: OperationModel, collections: readonly Collection[]): boolean {
  return collections.some((collection) => servedOperations(collection).includes(operation));
}

/** Returns the operations of a collection that have handlers. */
export function servedOperations(
  { create, lists, read, replace, patch, remove }: Collection,
): readonly OperationModel[] {
  return [create, ...lists, read, replace, patch, remove].flatMap((one) => one?.operation ?? []);
}

import type { Located } from "../../oapi_codegen/document/json_value.ts";
import type { MediaModel, OperationModel } from "../../oapi_codegen/operations/model.ts";
import type { Column, Key, PlannedWrite } from "./collection.ts";
import { columnType } from "./column_type.ts";
import type { FoundItem } from "./find_item.ts";
import { type ObjectShape, objectShape } from "./object_shape.ts";
import { planInput } from "./plan_columns.ts";
import { type Planning, Unsupported } from "./planning.ts";
import type { ResponsePlanner } from "./plan_responses.ts";

/**
 * Returns the JSON body of a request. Other media types must have the same schema.
 *
 * @throws {Unsupported} without a JSON body that is an object.
 */
export function bodyOf(
  { body }: OperationModel,
  planning: Planning,
): { readonly schema: Located; readonly shape: ObjectShape } {
  const content = (body?.content ?? []).filter(({ codec }) => codec === "json" || codec === "form");
  const [media] = content.filter(({ codec }) => codec === "json");
  if (media?.schema === undefined || content.length !== body?.content.length) {
    throw new Unsupported("it has no JSON body");
  }
  const target = ({ schema }: MediaModel): string =>
    schema === undefined ? "" : planning.references.follow(schema)?.pointer ?? "";
  if (content.some((other) => target(other) !== target(media))) {
    throw new Unsupported("its media types have different bodies");
  }
  const shape = objectShape(media.schema, planning.references);
  if (shape === undefined) throw new Unsupported("its body is not an object");
  return { schema: media.schema, shape };
}

/**
 * Plans an operation that writes an item with the body of its request.
 *
 * @throws {Unsupported} with the reason why the scaffolder cannot write it.
 */
export function planWrite(
  operation: OperationModel,
  { planner, item, key, columns }: {
    readonly planner: ResponsePlanner;
    readonly item: FoundItem;
    readonly key: Key;
    readonly columns: readonly Column[];
  },
): PlannedWrite {
  const { schema, shape } = bodyOf(operation, planner.planning);
  const members = planInput(columns, { schema, shape }, { item, planning: planner.planning });
  if (members.length === 0) throw new Unsupported("its body has no property of the item");
  const sent = shape.properties.get(key.property);
  // The second one differs from the body that the tests create items with.
  const sample = planner.planning.sampler.samples(schema, { optional: true }).at(-1);
  if (sample === undefined) throw new Unsupported("no body for its tests was found");
  return {
    ...{ operation, members, sample, response: planner.response(operation) },
    isBodyOptional: operation.body?.required === false,
    isBodyNullable: columnType(
      { name: "", schemas: [schema], isRequired: true, isReturned: true },
      planner.planning.references,
    )
      .isNullable,
    key: sent === undefined ? "absent" : sent.isRequired ? "required" : "optional",
  };
}

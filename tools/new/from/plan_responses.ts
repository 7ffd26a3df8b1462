import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import type { Column, Constants, Key, Member, PlannedResponse, Representation } from "./collection.ts";
import type { ResourceNames } from "./resource_names.ts";
import { type ObjectShape, objectShape } from "./object_shape.ts";
import type { FoundItem } from "./find_item.ts";
import { keyProperty } from "./plan_key.ts";
import { isWhole, planMembers, targetOf } from "./plan_columns.ts";
import { componentType, type Planning, propertyType, responseBodyType, Unsupported } from "./planning.ts";
import { type BodyPlace, itemPlace, successOf, type SuccessResponse } from "./responses.ts";

/** Headers of responses that handlers set. */
const KNOWN_HEADERS = ["etag", "location"];

/** Options of {@link ResponsePlanner}. */
export interface ResponsePlannerOptions {
  readonly names: ResourceNames;
  readonly key: Key;
  readonly columns: readonly Column[];
  readonly item: FoundItem;
  readonly parameter: string | undefined;
}

/** Plans the responses of a collection. Representations of the same form share one function. */
export class ResponsePlanner {
  readonly #representations = new Map<string, Representation>();
  /** Properties that nothing in the document sets. */
  readonly unset = new Set<string>();
  /** The values of required properties that nothing in the document sets. */
  readonly placeholders = new Map<string, JsonValue>();

  constructor(readonly planning: Planning, readonly options: ResponsePlannerOptions) {}

  /** @throws {Unsupported} if the response has another form than the item. */
  response(operation: OperationModel): PlannedResponse {
    const success = this.success(operation);
    const { media } = success;
    const none = { success, representation: undefined, property: undefined, constants: [] };
    if (media === undefined) return none;
    const { names, parameter } = this.options;
    const isItem = (shape: ObjectShape): boolean => keyProperty(shape, { parameter, names }) !== undefined;
    const place = itemPlace(media.schema, { references: this.planning.references, isItem });
    if (place === undefined) throw new Unsupported("its response has another form than the item");
    const type = componentType(place.schema, this.planning) ??
      propertyType(responseBodyType(operation, success), place.property);
    return {
      success,
      property: place.property,
      representation: this.representation(place, { type, operation }),
      constants: this.#constants(place),
    };
  }

  /** @throws {Unsupported} if the success is no JSON, or needs a header that nothing sets. */
  success(operation: OperationModel): SuccessResponse {
    const success = successOf(operation);
    if (success === undefined) throw new Unsupported("it has no JSON response");
    const unknown = success.response.headers.find(({ name, required }) =>
      required && !KNOWN_HEADERS.includes(name.toLowerCase())
    );
    if (unknown !== undefined) throw new Unsupported(`its response requires the header ${unknown.name}`);
    return success;
  }

  /** Returns the function that makes a representation. @throws {Unsupported} if it needs more than the item. */
  representation(
    { schema }: Pick<BodyPlace, "schema">,
    { type, operation }: { readonly type: string; readonly operation: OperationModel },
  ): Representation {
    const shape = objectShape(schema, this.planning.references);
    if (shape === undefined) throw new Unsupported("its response has another form than the item");
    const { item, key, columns } = this.options;
    const whole = columns.find(isWhole);
    const isSame = whole !== undefined &&
      targetOf(schema, this.planning) === targetOf(item.schema, this.planning);
    const isPart = [...shape.properties.keys()].some((name) =>
      name !== key.property && item.shape.properties.has(name)
    );
    if (whole !== undefined && !isSame && isPart) {
      throw new Unsupported("its response is a part of the stored body, or more");
    }
    const { members, unset } = isSame
      ? { members: wholeMembers(whole, key), unset: [] }
      : planMembers(shape, { key, columns, item: item.shape, planning: this.planning });
    for (const name of unset) this.unset.add(name);
    for (const { property, source } of members) {
      if (source.kind === "constant") this.placeholders.set(property, source.value);
    }
    const form = JSON.stringify(members.toSorted((one, other) => one.property < other.property ? -1 : 1));
    const known = this.#representations.get(form);
    if (known !== undefined) return known;
    const { camel } = this.options.names.singular;
    const functionName = this.#representations.size === 0
      ? `${camel}ToJson`
      : `${camel}To${operation.typeName}Json`;
    const representation = { functionName, type, members };
    this.#representations.set(form, representation);
    return representation;
  }

  #constants({ envelope, property }: BodyPlace): Constants {
    const others = [...envelope?.properties.values() ?? []].filter((one) =>
      one.isReturned && one.name !== property
    );
    return others.map((one): readonly [string, JsonValue] => {
      const [schema] = one.schemas.toReversed();
      const value = schema === undefined ? undefined : this.planning.sampler.plainest(schema);
      if (value === undefined) throw new Unsupported(`no value for ${one.name} of its response was found`);
      return [one.name, value];
    });
  }
}

/** Returns the members of a representation that is the stored body with its key. */
function wholeMembers(column: Column, key: Key): readonly Member[] {
  return [
    { property: "", isRequired: true, source: { kind: "whole", column } },
    { property: key.property, isRequired: true, source: { kind: "key" } },
  ];
}

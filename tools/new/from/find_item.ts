import type { Located } from "../../oapi_codegen/document/json_value.ts";
import type { ResourceNames } from "./resource_names.ts";
import type { CollectionOperations } from "./collection_operations.ts";
import { itemSchema, type ObjectShape, objectShape } from "./object_shape.ts";
import { keyProperty } from "./plan_key.ts";
import { componentType, type Planning, propertyType, responseBodyType, Unsupported } from "./planning.ts";
import { itemPlace, listPlace, successOf } from "./responses.ts";

/** Item of a collection. */
export interface FoundItem {
  readonly schema: Located;
  readonly shape: ObjectShape;
  readonly property: string;
  readonly type: string;
}

/** Finds the item in the response that reads it, or else in that of the list. */
export function findItem(
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
    return { schema, shape, property, type: componentType(schema, planning) ?? type };
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

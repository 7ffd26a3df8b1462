import type { MediaModel, OperationModel, ResponseModel } from "../../oapi_codegen/operations/model.ts";
import type { Located } from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { itemSchema, type ObjectShape, objectShape, partsOf, type PropertyShape } from "./object_shape.ts";

/** Successful response of an operation. */
export interface SuccessResponse {
  readonly response: ResponseModel;
  /** Its JSON; undefined if it has no body. */
  readonly media: (MediaModel & { readonly schema: Located }) | undefined;
}

/** Place of an item, or of a list of them, in a body. */
export interface BodyPlace {
  readonly schema: Located;
  /** Property of the body that holds it; undefined if it is the body. */
  readonly property: string | undefined;
  /** The body, if a property of it holds the item. */
  readonly envelope: ObjectShape | undefined;
}

/** Returns the first successful response; undefined if its body is no JSON. */
export function successOf(operation: OperationModel): SuccessResponse | undefined {
  const response = operation.responses.find(({ status }) => status >= 200 && status < 300);
  if (response === undefined) return undefined;
  if (response.content.length === 0) return { response, media: undefined };
  for (const media of response.content) {
    const { codec, schema, mediaType } = media;
    if (codec === "json" && schema !== undefined && !mediaType.includes("*")) {
      return { response, media: { ...media, schema } };
    }
  }
  return undefined;
}

/** Returns the place of the list in the body of a list; undefined if there is none, or more than one. */
export function listPlace(schema: Located, references: References): BodyPlace | undefined {
  if (isList(schema, references)) return { schema, property: undefined, envelope: undefined };
  const envelope = objectShape(schema, references);
  if (envelope === undefined) return undefined;
  const lists = [...envelope.properties.values()].flatMap((property) => {
    const found = property.schemas.findLast((part) => isObjectList(part, references));
    return found === undefined ? [] : [{ property, found }];
  });
  const [list, ...others] = lists;
  if (list === undefined || others.length > 0) return undefined;
  return { schema: list.found, property: list.property.name, envelope };
}

/**
 * Returns the place of an item in a body: the body, or the only object in it that has the properties of one.
 *
 * @param isItem whether an object has them
 */
export function itemPlace(
  schema: Located,
  { references, isItem }: {
    readonly references: References;
    readonly isItem: (shape: ObjectShape) => boolean;
  },
): BodyPlace | undefined {
  const shape = objectShape(schema, references);
  if (shape === undefined) return undefined;
  if (isItem(shape)) return { schema, property: undefined, envelope: undefined };
  const inner = [...shape.properties.values()].flatMap((property: PropertyShape) => {
    const found = property.schemas.findLast((part) => {
      const own = objectShape(part, references);
      return own !== undefined && isItem(own);
    });
    return found === undefined ? [] : [{ property, found }];
  });
  const [item, ...others] = inner;
  if (item === undefined || others.length > 0) return undefined;
  return { schema: item.found, property: item.property.name, envelope: shape };
}

function isList(schema: Located, references: References): boolean {
  return [...partsOf(schema, references)].some(({ value }) => Reflect.get(Object(value), "type") === "array");
}

function isObjectList(schema: Located, references: References): boolean {
  const items = isList(schema, references) ? itemSchema(schema, references) : undefined;
  return items !== undefined && objectShape(items, references) !== undefined;
}

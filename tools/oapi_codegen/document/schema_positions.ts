import type { JsonValue } from "@archway/server/operation.ts";
import { escapeToken, isArray, isObject, type JsonObject, type Located } from "../json_value.ts";

/** Kinds of objects of OpenAPI that contain schemas, directly or below. */
type Kind =
  | "callback"
  | "components"
  | "document"
  | "encoding"
  | "holder"
  | "mediaType"
  | "operation"
  | "pathItem"
  | "response"
  | "schema";

/** A member: an object of a kind, or a list or map of them. */
type Child = readonly [shape: "one" | "list" | "map", kind: Kind];

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/** Members that lead to schemas (OpenAPI 3.1, 4.8). A holder is a parameter, header or request body. */
const MEMBERS: Readonly<Record<Exclude<Kind, "callback" | "schema">, Readonly<Record<string, Child>>>> = {
  document: { paths: ["map", "pathItem"], webhooks: ["map", "pathItem"], components: ["one", "components"] },
  components: {
    schemas: ["map", "schema"],
    responses: ["map", "response"],
    parameters: ["map", "holder"],
    requestBodies: ["map", "holder"],
    headers: ["map", "holder"],
    callbacks: ["map", "callback"],
    pathItems: ["map", "pathItem"],
    mediaTypes: ["map", "mediaType"],
  },
  pathItem: {
    parameters: ["list", "holder"],
    additionalOperations: ["map", "operation"],
    ...Object.fromEntries(METHODS.map((method): [string, Child] => [method, ["one", "operation"]])),
  },
  operation: {
    parameters: ["list", "holder"],
    requestBody: ["one", "holder"],
    responses: ["map", "response"],
    callbacks: ["map", "callback"],
  },
  holder: { schema: ["one", "schema"], content: ["map", "mediaType"] },
  response: { headers: ["map", "holder"], content: ["map", "mediaType"] },
  mediaType: { schema: ["one", "schema"], itemSchema: ["one", "schema"], encoding: ["map", "encoding"] },
  encoding: { headers: ["map", "holder"] },
};

/** Replaces a schema that is not part of another one. */
export type ReplaceSchema = (schema: Located) => JsonValue;

/** Returns a document with every schema replaced, wherever OpenAPI has one. References are not followed. */
export function replaceSchemas(document: JsonValue, replace: ReplaceSchema): JsonValue {
  return replaceIn({ value: document, pointer: "" }, "document", replace);
}

/** Returns the schemas of a document that are not part of another one, used or not. */
export function schemaRoots(document: JsonValue): readonly Located[] {
  const found: Located[] = [];
  replaceSchemas(document, (schema) => {
    found.push(schema);
    return schema.value;
  });
  return found;
}

function replaceIn(here: Located, kind: Kind, replace: ReplaceSchema): JsonValue {
  const { value, pointer } = here;
  if (kind === "schema") return replace(here);
  if (!isObject(value)) return value;
  if (kind === "callback") return replaceInMap(value, { pointer, kind: "pathItem", replace });
  const members = MEMBERS[kind];
  return Object.fromEntries(
    Object.entries(value).map(([name, item]): [string, JsonValue] => {
      const child = Object.hasOwn(members, name) ? members[name] : undefined;
      if (child === undefined) return [name, item];
      const [shape, inner] = child;
      const at = `${pointer}/${escapeToken(name)}`;
      if (shape === "one") return [name, replaceIn({ value: item, pointer: at }, inner, replace)];
      if (isArray(item)) {
        const list = item.map((part, index) =>
          replaceIn({ value: part, pointer: `${at}/${index}` }, inner, replace)
        );
        return [name, list];
      }
      return [name, isObject(item) ? replaceInMap(item, { pointer: at, kind: inner, replace }) : item];
    }),
  );
}

function replaceInMap(
  map: JsonObject,
  { pointer, kind, replace }: { pointer: string; kind: Kind; replace: ReplaceSchema },
): JsonObject {
  return Object.fromEntries(
    Object.entries(map).map((
      [name, item],
    ) => [name, replaceIn({ value: item, pointer: `${pointer}/${escapeToken(name)}` }, kind, replace)]),
  );
}

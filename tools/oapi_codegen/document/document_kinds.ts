import { escapeToken, isArray, isObject, type Located } from "./json_value.ts";
import { LIST_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS } from "../schemas/schema_walk.ts";

/** Kinds of objects of an OpenAPI document. Plain ones have no parts that matter here. */
export type Kind =
  | "callback"
  | "components"
  | "document"
  | "encoding"
  | "example"
  | "header"
  | "link"
  | "mediaType"
  | "operation"
  | "parameter"
  | "pathItem"
  | "plain"
  | "requestBody"
  | "response"
  | "schema"
  | "securityScheme";

/** Type of a value: an object of a kind, or a list or map of them. */
export type PartType = readonly [shape: "list" | "map" | "one", kind: Kind];

/** Typed part of a document. */
export interface Part extends Located {
  readonly type: PartType;
}

/** Type of a whole document. */
export const DOCUMENT: PartType = ["one", "document"];

/** Groups of components, by kind. */
export const GROUPS: ReadonlyMap<Kind, string> = new Map([
  ["schema", "schemas"],
  ["response", "responses"],
  ["parameter", "parameters"],
  ["example", "examples"],
  ["requestBody", "requestBodies"],
  ["header", "headers"],
  ["securityScheme", "securitySchemes"],
  ["link", "links"],
  ["callback", "callbacks"],
  ["pathItem", "pathItems"],
  ["mediaType", "mediaTypes"],
]);

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
const CONTENT: PartType = ["map", "mediaType"];
const VALUE: Readonly<Record<string, PartType>> = {
  schema: ["one", "schema"],
  content: CONTENT,
  examples: ["map", "example"],
};

/** Members of each kind that are parts (OpenAPI 3.2, section 4); any other member is data. */
const MEMBERS: Readonly<Record<Kind, Readonly<Record<string, PartType>>>> = {
  callback: {},
  example: {},
  link: { server: ["one", "plain"] },
  plain: {},
  securityScheme: {},
  document: {
    info: ["one", "plain"],
    servers: ["list", "plain"],
    tags: ["list", "plain"],
    externalDocs: ["one", "plain"],
    paths: ["map", "pathItem"],
    webhooks: ["map", "pathItem"],
    components: ["one", "components"],
  },
  components: Object.fromEntries(
    [...GROUPS].map(([kind, group]): [string, PartType] => [group, ["map", kind]]),
  ),
  pathItem: {
    servers: ["list", "plain"],
    parameters: ["list", "parameter"],
    additionalOperations: ["map", "operation"],
    ...Object.fromEntries(METHODS.map((method): [string, PartType] => [method, ["one", "operation"]])),
  },
  operation: {
    servers: ["list", "plain"],
    externalDocs: ["one", "plain"],
    parameters: ["list", "parameter"],
    requestBody: ["one", "requestBody"],
    responses: ["map", "response"],
    callbacks: ["map", "callback"],
  },
  parameter: VALUE,
  header: VALUE,
  requestBody: { content: CONTENT },
  response: { headers: ["map", "header"], content: CONTENT, links: ["map", "link"] },
  mediaType: {
    schema: ["one", "schema"],
    itemSchema: ["one", "schema"],
    examples: ["map", "example"],
    encoding: ["map", "encoding"],
    itemEncoding: ["one", "encoding"],
    prefixEncoding: ["list", "encoding"],
  },
  encoding: { headers: ["map", "header"] },
  schema: Object.fromEntries([
    ...[...SCHEMA_KEYWORDS, "contentSchema"].map((name): [string, PartType] => [name, ["one", "schema"]]),
    ...LIST_KEYWORDS.map((name): [string, PartType] => [name, ["list", "schema"]]),
    ...[...MAP_KEYWORDS, "definitions", "dependencies"].map((
      name,
    ): [string, PartType] => [name, ["map", "schema"]]),
  ]),
};

/** Kinds in whose maps a name `x-…` is an extension: those by path, status and expression. */
const PATTERNED: readonly Kind[] = ["pathItem", "response"];

/** Returns the type of a member or item; undefined if it is data. */
export function typeOfMember([shape, kind]: PartType, name: string): PartType | undefined {
  if (shape === "list") return ["one", kind];
  const isPattern = shape === "map" ? PATTERNED.includes(kind) : kind === "callback";
  if (isPattern && name.startsWith("x-")) return undefined;
  if (shape === "map") return ["one", kind];
  if (kind === "callback") return ["one", "pathItem"];
  return Object.hasOwn(MEMBERS[kind], name) ? MEMBERS[kind][name] : undefined;
}

/** Returns the parts directly below a part. */
function partsOf({ value, pointer, type }: Part): readonly Part[] {
  const isList = isArray(value);
  // A list where an object belongs, or the reverse, has no parts.
  if (isList !== (type[0] === "list")) return [];
  const items: Iterable<readonly [number | string, Located["value"]]> = isList
    ? value.entries()
    : isObject(value)
    ? Object.entries(value)
    : [];
  const found: Part[] = [];
  for (const [key, item] of items) {
    const inner = typeOfMember(type, String(key));
    if (inner !== undefined) {
      found.push({ value: item, pointer: `${pointer}/${escapeToken(String(key))}`, type: inner });
    }
  }
  return found;
}

/** Calls a function for a part and every part below it. */
export function visitParts(part: Part, visit: (part: Part) => void): void {
  visit(part);
  for (const inner of partsOf(part)) visitParts(inner, visit);
}

import type { Operation } from "@archway/server/operation.ts";
import { type JsonObject, objectOf, textOf } from "@archway/service_kit/json_object.ts";
import type { OpenApiDocument, WrittenOperation } from "@archway/service_kit/openapi_document.ts";
import { onlyReads } from "../mcp_routes.ts";
import { standaloneSchema } from "./standalone_schema.ts";

/** A tool: an operation, with its description for agents. */
export interface Tool {
  readonly operation: Operation;
  readonly definition: ToolDefinition;
  /** JSON of the definition. */
  readonly definitionText: string;
  /** Names of all arguments. */
  readonly argumentNames: ReadonlySet<string>;
  /** Parameters by the name of their argument. */
  readonly parameters: ReadonlyMap<string, ToolParameter>;
  /** Media type of the body; undefined if there is none. */
  readonly contentType: string | undefined;
  /** Whether the service makes an idempotency key if the agent sends none. */
  readonly takesKey: boolean;
}

/** Place of an argument in the request. */
export interface ToolParameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
}

/** A tool as clients receive it. */
export interface ToolDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject & { readonly type: "object" };
  readonly outputSchema: JsonObject & { readonly type: "object" };
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

/** Name of the argument with the body. */
export const BODY = "body";
/** Name of the argument with the version of the resource. */
export const IF_MATCH = "ifMatch";
/** Name of the argument with the idempotency key. */
export const KEY = "idempotencyKey";

const KEY_TEXT = "Key of the operation, which is performed only once for each key: the service returns the " +
  "stored result for one that it knows. Made by the service if absent, and returned as `idempotencyKey`. Send " +
  "a UUID of your own if you could lose the result, and the same again to retry.";
const IF_MATCH_TEXT =
  "Version of the resource that may be changed: the `etag` of an earlier result, with its " +
  "quotes. The call fails if the resource has changed since.";

/** Fields that the server itself handles, or that have no use in a call. */
const UNUSED_FIELDS =
  /^(?:accept.*|authorization|content-.*|if-none-match|if-modified-since|range|if-range)$/i;

/** Returns the tool of an operation; undefined for one whose data is not JSON, such as a download or a stream. */
export function toolOf(
  operation: Operation,
  { document, written }: { readonly document: OpenApiDocument; readonly written: WrittenOperation },
): Tool | undefined {
  const body = bodyOf(operation, { document, written });
  const result = resultOf(operation, { document, written });
  const isSendable = operation.requestBody === undefined || body !== undefined ||
    !operation.requestBody.required;
  const needsCookie = operation.parameters.some((one) => one.in === "cookie" && one.required);
  if (!isSendable || result === undefined || needsCookie) return undefined;
  const parameters = new Map<string, ToolParameter>();
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  for (const parameter of written.parameters) {
    const { name, in: place, description, deprecated } = parameter;
    if (typeof name !== "string" || (place !== "path" && place !== "query" && place !== "header")) continue;
    if (place === "header" && UNUSED_FIELDS.test(name)) continue;
    const argument = place === "header" ? argumentOf(name) : name;
    parameters.set(argument, { name, in: place });
    properties[argument] = {
      ...schemaOf(parameter, document),
      ...(typeof description === "string" && { description }),
      ...(name === "If-Match" && { description: IF_MATCH_TEXT }),
      ...(argument === KEY && { description: KEY_TEXT }),
      ...(deprecated === true && { deprecated }),
    };
    if (parameter["required"] === true && argument !== KEY) required.push(argument);
  }
  if (body !== undefined) properties[BODY] = body.schema;
  if (body !== undefined && operation.requestBody?.required === true) required.push(BODY);
  const definition: ToolDefinition = {
    name: operation.operationId,
    title: textOf(written.operation["summary"]) ?? operation.operationId,
    description: describe(operation, written.operation),
    inputSchema: asObject(standaloneSchema({
      type: "object",
      properties,
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    }, document)),
    outputSchema: asObject(standaloneSchema(outputSchema(result.schema, parameters.has(KEY)), document)),
    annotations: annotationsOf(operation),
  };
  return {
    operation,
    parameters,
    argumentNames: new Set(Object.keys(properties)),
    contentType: body?.contentType,
    takesKey: parameters.has(KEY),
    definition,
    definitionText: JSON.stringify(definition),
  };
}

function asObject(schema: JsonObject): JsonObject & { readonly type: "object" } {
  return { ...schema, type: "object" };
}

/** Returns the name of the argument for a header field: `If-Match` is `ifMatch`. */
function argumentOf(field: string): string {
  return field.split("-").map((word, index) =>
    `${index === 0 ? word.slice(0, 1).toLowerCase() : word.slice(0, 1).toUpperCase()}${
      word.slice(1).toLowerCase()
    }`
  ).join("");
}

function schemaOf(parameter: JsonObject, document: OpenApiDocument): JsonObject {
  const [media] = Object.values(objectOf(parameter["content"]));
  const schema = objectOf(parameter["schema"] ?? objectOf(media)["schema"]);
  // A description beside a reference is that of the parameter, not of the component.
  return "$ref" in schema ? document.resolve(schema).schema : schema;
}

/** Parts of a document that describe an operation. */
interface Described {
  readonly document: OpenApiDocument;
  readonly written: WrittenOperation;
}

/** Returns the first JSON body that is an object, else the first JSON body. */
function bodyOf(
  { requestBody }: Operation,
  { document, written }: Described,
): { readonly contentType: string; readonly schema: JsonObject } | undefined {
  const contents = objectOf(document.resolve(written.operation["requestBody"]).schema["content"]);
  const json = requestBody?.content.filter(({ codec, stream }) => codec === "json" && stream !== true) ?? [];
  const bodies = json.flatMap(({ mediaType }) => {
    const found = Object.entries(contents).find(([name]) => name.toLowerCase() === mediaType);
    return found === undefined
      ? []
      : [{ contentType: mediaType, schema: objectOf(objectOf(found[1])["schema"]) }];
  });
  return bodies.find(({ schema }) => document.resolve(schema).schema["type"] === "object") ?? bodies[0];
}

/** Returns the schema of the body of a success; undefined if it is no JSON. */
function resultOf(
  { responses }: Operation,
  { document, written }: Described,
): { readonly schema: JsonObject | undefined } | undefined {
  const successes = Object.entries(responses).filter(([status]) => Number(status) < 300);
  const schemas: JsonObject[] = [];
  for (const [status, { content }] of successes) {
    const [first] = content;
    if (first === undefined) continue;
    const media = content.find(({ codec }) => codec === "json");
    if (media === undefined || first.codec !== "json") return undefined;
    const { schema: response } = document.resolve(objectOf(written.operation["responses"])[status]);
    const [, written_ = {}] = Object.entries(objectOf(response["content"])).find(([name]) =>
      name.toLowerCase() === media.mediaType
    ) ?? [];
    schemas.push(objectOf(objectOf(written_)["schema"]));
  }
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
  const [only] = distinct;
  return { schema: distinct.length > 1 ? { anyOf: distinct } : only };
}

function outputSchema(body: JsonObject | undefined, hasKey: boolean): JsonObject {
  return {
    type: "object",
    properties: {
      status: { type: "integer", description: "HTTP status of the operation" },
      ...(body !== undefined && { body }),
      etag: { type: "string", description: "Version of the resource, for `ifMatch`" },
      consistencyToken: {
        type: "string",
        description: "Send it to a read as `consistencyToken`, so that it sees this change",
      },
      ...(hasKey && {
        idempotencyKey: { type: "string", description: "Send it again to retry" },
        replayed: { type: "boolean", description: "Whether this is the stored result of an earlier call" },
      }),
    },
    required: ["status"],
  };
}

function annotationsOf(operation: Operation): ToolDefinition["annotations"] {
  const { method, responses, extensions } = operation;
  const reads = onlyReads(operation);
  const creates = method === "POST" && responses["201"] !== undefined;
  return {
    readOnlyHint: reads,
    destructiveHint: !reads && !creates,
    idempotentHint: reads || method === "PUT" || method === "DELETE",
    openWorldHint: extensions["x-open-world"] === true,
  };
}

function describe({ method, path, security }: Operation, written: JsonObject): string {
  const scopes = [...new Set(security.flat().flatMap((scheme) => scheme.scopes))];
  return [
    `${textOf(written["summary"]) ?? ""}.`.replace(/^\.$/, "").replace(/\.\.$/, "."),
    textOf(written["description"])?.trim(),
    written["deprecated"] === true ? "Deprecated." : undefined,
    `(${method} ${path}${scopes.length === 0 ? "" : `; scope ${scopes.join(", ")}`})`,
  ].filter((part) => part !== undefined && part !== "").join("\n");
}

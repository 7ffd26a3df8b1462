import type { JsonValue } from "@archway/server/operation.ts";
import type { ApiDocument, Operation, Schema } from "@archway/conformance/derived/api_document.ts";
import { sampleOf, withAllOf } from "@archway/conformance/derived/sample_of.ts";

/** Input of an operation, as REST and agents send it. */
export interface DerivedCall {
  readonly operation: Operation;
  /** Values of the parameters in its path, by name. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Required header fields by name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly body: JsonValue | undefined;
}

/** Ids of resources by the path of their list, such as "/v1/accounts". */
export type ListedIds = ReadonlyMap<string, readonly string[]>;

/** Id that no resource has. */
const MISSING_ID = "01a2023b-983b-7000-83d3-81c8f54d2496";

/** Whether requests and successful responses of an operation are JSON, if they have a body at all. */
export function isJsonOperation({ bodies, requiresBody, responses }: Operation): boolean {
  const isJson = (type: string): boolean => /[/+]json$/.test(type.split(";")[0] ?? "");
  const results = [...responses].filter(([status]) => status.startsWith("2"))
    .map(([, { content }]) => Object.keys(Object(content)));
  return (!requiresBody || [...bodies.keys()].some(isJson)) &&
    results.every(([first]) => first === undefined || isJson(first));
}

/** Derives an input of an operation that should succeed from its document, and from the resources that exist. */
export function deriveCall(api: ApiDocument, operation: Operation, ids: ListedIds): DerivedCall {
  const [contentType, schema] = jsonBodyOf(api, operation) ?? [];
  const query = operation.parameters.filter((one) => one.in === "query" && one.required);
  const headers = operation.parameters.filter((one) => one.in === "header" && one.required);
  return {
    operation,
    path: pathOf(operation, ids),
    query: Object.fromEntries(query.map(({ name, schema }) => [name, String(sampleOf(api, schema))])),
    headers: Object.fromEntries(headers.map(({ name, schema }) => [
      name,
      /^if-match$/i.test(name) ? "*" : String(sampleOf(api, schema)),
    ])),
    contentType,
    body: schema === undefined ? undefined : withIds(exampleOf(api, schema) ?? null, ids),
  };
}

/** Returns a value of the examples of a schema and of its required properties, else one that it allows. */
function exampleOf(api: ApiDocument, written: Schema): JsonValue | undefined {
  const { example, examples, ...schema } = withAllOf(api, written);
  const given = [example, examples].flat().find((one) => one !== undefined);
  if (given !== undefined) return given;
  const properties = api.resolve(schema["properties"]);
  if (Object.keys(properties).length === 0) {
    return schema["items"] === undefined
      ? sampleOf(api, written)
      : [exampleOf(api, schema["items"])].filter((item) => item !== undefined);
  }
  const required = [schema["required"] ?? Object.keys(properties)].flat().map(String);
  return Object.fromEntries(
    required.map((name) => [name, exampleOf(api, properties[name] ?? true) ?? null]),
  );
}

/** Returns the JSON body that agents send: the first one that is an object, else the first. */
function jsonBodyOf(api: ApiDocument, { bodies }: Operation): readonly [string, Schema] | undefined {
  const json = [...bodies].filter(([type]) => type.endsWith("json"));
  return json.find(([, schema]) => api.resolve(schema)["type"] === "object") ?? json[0];
}

/** Returns the ids in a path: those of the lists in front of them, and a new one for an item that it creates. */
function pathOf({ path, method, parameters }: Operation, ids: ListedIds): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { 1: name = "", index } of path.matchAll(/\{(\w+)\}/g)) {
    const list = filled(path.slice(0, index).replace(/\/$/, ""), values);
    const isNew = method === "PUT" && path.endsWith(`{${name}}`) &&
      !parameters.some((one) => /^if-match$/i.test(one.name));
    values[name] = (isNew ? undefined : ids.get(list)?.[0]) ?? MISSING_ID;
  }
  return values;
}

/** Returns a path template with values in place of its parameters. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ""));
}

/** Refers to resources by properties such as `payerAccountId`, to another one with each, from the end of the list. */
function withIds(body: JsonValue, ids: ListedIds): JsonValue {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const used = new Map<string, number>();
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const list = [...ids.keys()].find((path) =>
        name.toLowerCase().endsWith(`${path.split("/").at(-1)?.replace(/s$/, "")}id`)
      );
      if (list === undefined) return [name, value];
      const index = used.get(list) ?? 0;
      used.set(list, index + 1);
      return [name, ids.get(list)?.at(-1 - index) ?? MISSING_ID];
    }),
  );
}

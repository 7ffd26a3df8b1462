import type { JsonValue } from "@archway/server/operation.ts";
import type { Subject } from "../derive_batches.ts";
import type { ApiDocument, Operation, Schema } from "../derived/api_document.ts";
import { FRESH, sampleOf, withAllOf } from "../derived/sample_of.ts";
import { Subjects } from "../derived/subjects.ts";
import { isObject, type JsonObject } from "@archway/service_kit/json_value.ts";

/** Collection whose items have versions, as its document describes it. */
export interface Resource {
  /** Such as "/v1/contacts". */
  readonly list: string;
  /** Property of the bodies that takes any text. */
  readonly property: string;
  /** Bodies of an item with that text. */
  readonly creation: (text: string) => JsonValue;
  readonly replacement: (text: string) => JsonValue;
  /** Merge patch with that text; undefined if items take none. */
  readonly patch: ((text: string) => JsonValue) | undefined;
  readonly isDeletable: boolean;
  /** Whether the list has pages with cursors. */
  readonly hasCursors: boolean;
  /** Whether the list takes a query parameter of the property's name: exact, a prefix, or a part of it. */
  readonly hasFilter: boolean;
}

/** Text as operations write it, which has to be valid. */
const EXAMPLE = "value 1234567-123456";

/**
 * Returns the collections of documents whose items clients create with POST, read, and replace with PUT and `If-Match`.
 */
export function deriveResources(subjects: readonly Subject[]): readonly Resource[] {
  return subjects.flatMap(({ api, suite }) => {
    const own = new Subjects(api, suite);
    return api.operations.filter(({ method, path }) =>
      method === "POST" && !path.includes("{") && own.canCreate(path)
    ).flatMap((create) => resourceOf(api, create) ?? []);
  });
}

function resourceOf(api: ApiDocument, create: Operation): Resource | undefined {
  const { path: list } = create;
  const operationOf = (method: string): Operation | undefined =>
    api.operations.find((one) =>
      one.method === method && one.path.startsWith(`${list}/{`) &&
      one.path.indexOf("}") === one.path.length - 1
    );
  const [put, patch, remove] = ["PUT", "PATCH", "DELETE"].map(operationOf);
  if (put === undefined || operationOf("GET") === undefined || !requires(put, "If-Match")) return undefined;
  if ([create, put].some(({ parameters }) => parameters.some(isUnknownField))) return undefined;
  const [creating, replacing] = [create, put].map(({ bodies }) => bodies.get("application/json"));
  if (creating === undefined || replacing === undefined) return undefined;
  const property = Object.keys(Object(withAllOf(api, creating)["properties"])).find((name) =>
    [creating, replacing].every((schema) => bodyWith(api, schema, { [name]: EXAMPLE }) !== undefined)
  );
  if (property === undefined) return undefined;
  const queries = api.find("GET", list)?.parameters.filter((one) => one.in === "query") ?? [];
  const writer = (schema: Schema) => (text: string): JsonValue =>
    bodyWith(api, schema, { [property]: text }) ?? {};
  return {
    ...{ list, property, creation: writer(creating), replacement: writer(replacing) },
    patch: patchOf(api, patch, property),
    isDeletable: remove !== undefined,
    hasCursors: ["after", "limit"].every((name) => queries.some((one) => one.name === name)),
    hasFilter: queries.some(({ name, schema }) => name === property && api.isValid(schema, EXAMPLE)),
  };
}

/** Returns the function that makes merge patches of a property, of items whose patches require `If-Match`. */
function patchOf(api: ApiDocument, operation: Operation | undefined, property: string): Resource["patch"] {
  const schema = operation?.bodies.get("application/merge-patch+json");
  if (operation === undefined || schema === undefined || !requires(operation, "If-Match")) return undefined;
  const isValid = [{}, { [property]: EXAMPLE }].every((body) => api.isValid(schema, body));
  return isValid ? (text): JsonValue => ({ [property]: text }) : undefined;
}

/** Returns a valid body with some properties, and an id of its own where the sample has one. */
function bodyWith(api: ApiDocument, schema: Schema, properties: JsonObject): JsonValue | undefined {
  const sample = sampleOf(api, schema);
  if (!isObject(sample)) return undefined;
  const body = {
    ...JSON.parse(JSON.stringify(sample).replaceAll(FRESH, crypto.randomUUID())),
    ...properties,
  };
  return api.isValid(schema, body) ? body : undefined;
}

function requires({ parameters }: Operation, header: string): boolean {
  return parameters.some(({ in: place, name }) =>
    place === "header" && name.toLowerCase() === header.toLowerCase()
  );
}

/** Whether a parameter has to be sent that this workload does not know. */
function isUnknownField({ in: place, name, required }: Operation["parameters"][number]): boolean {
  return required && place !== "path" && name.toLowerCase() !== "if-match";
}

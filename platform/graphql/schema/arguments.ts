import { getNullableType, type GraphQLFieldConfigArgumentMap, GraphQLInt, GraphQLString } from "graphql";
import type { CallInput } from "@archway/server/operation_calls.ts";
import {
  type ApiDocument,
  type DocumentedOperation,
  type DocumentedParameter,
  FaceError,
} from "./api_document.ts";
import { fieldName, typeName } from "./names.ts";
import type { TypeBuilder } from "./type_builder.ts";

/** Place of an argument in the request of an operation. */
interface ArgumentPlace {
  readonly argument: string;
  readonly in: "path" | "query" | "header" | "body";
  /** Name of the parameter. */
  readonly name: string;
}

/** Places of the arguments of a field. */
export type ArgumentPlaces = readonly ArgumentPlace[];

/** Arguments of a field, and their places in the request of its operation. */
export interface FieldArguments {
  readonly args: GraphQLFieldConfigArgumentMap;
  readonly places: ArgumentPlaces;
}

/** Header fields of requests that GraphQL has in other ways. */
const OTHER_HEADERS = new Set(["if-none-match", "consistency-token", "x-request-id"]);

/** Query parameters that select a page. */
const PAGING = new Set(["limit", "after", "before", "page", "pageSize"]);

/** Operation whose parameters become arguments. */
interface Source {
  readonly document: ApiDocument;
  readonly operation: DocumentedOperation;
  readonly types: TypeBuilder;
  /** Names of arguments, by parameter. */
  readonly renamed: Readonly<Record<string, string>>;
}

/**
 * Returns the arguments for the parameters and the body of an operation.
 *
 * @param bound Names of parameters that are no arguments.
 */
export function fieldArguments(
  { document, operation, types, renamed }: Source,
  { field, bound = [] }: { readonly field: string; readonly bound?: readonly string[] },
): FieldArguments {
  const parameters = operation.parameters.filter((parameter) =>
    !bound.includes(parameter.name) && parameter.in !== "cookie" &&
    !(parameter.in === "header" && OTHER_HEADERS.has(parameter.name.toLowerCase())) &&
    !(isList(operation) && parameter.in === "query" && PAGING.has(parameter.name))
  );
  const argumentOf = (name: string): string => renamed[name] ?? fieldName(name);
  const places: ArgumentPlace[] = parameters.map((parameter) => ({
    argument: argumentOf(parameter.name),
    in: placeOf(parameter, operation),
    name: parameter.name,
  }));
  const args: GraphQLFieldConfigArgumentMap = Object.fromEntries(
    parameters.map(({ name, schema, isRequired, description = null }) => {
      const type = types.input({ document, schema, name: `${typeName(field)}${typeName(name)}` });
      return [argumentOf(name), { type: isRequired ? type : getNullableType(type), description }];
    }),
  );
  const { body } = operation;
  if (body === undefined) return { args, places };
  const type = types.input({ document, schema: body.schema, name: typeName(field) });
  return {
    args: { ...args, input: { type: body.isRequired ? type : getNullableType(type) } },
    places: [...places, { argument: "input", in: "body", name: "body" }],
  };
}

/** Whether an operation reads a list by cursor. */
export function isList({ parameters }: DocumentedOperation): boolean {
  return ["limit", "after", "before"].every((name) =>
    parameters.some((parameter) => parameter.in === "query" && parameter.name === name)
  );
}

/** Arguments of connections. */
export const PAGE_ARGUMENTS: GraphQLFieldConfigArgumentMap = {
  first: {
    type: GraphQLInt,
    description: "Maximum number of items from the start, or after a cursor; 20 by default.",
  },
  after: { type: GraphQLString, description: "Cursor: the items after it. Not with `last` and `before`." },
  last: { type: GraphQLInt, description: "Maximum number of items in front of the cursor `before`." },
  before: { type: GraphQLString, description: "The `startCursor` of a page: the items in front of it." },
};

/** Returns the input of an operation for arguments of a field. */
export function callInput(
  places: ArgumentPlaces,
  args: Readonly<Record<string, unknown>>,
  contentType?: string,
): CallInput & {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
} {
  const records: Record<ArgumentPlace["in"], Record<string, unknown>> = {
    path: {},
    query: {},
    header: {},
    body: {},
  };
  for (const { argument, in: place, name } of places) {
    const value = args[argument];
    if (value === undefined || (value === null && place !== "body")) continue;
    records[place][name] = value;
  }
  const { path, query, header: headers, body: { body } } = records;
  return {
    ...{ path, query, headers },
    ...(body !== undefined && { body: plain(body) }),
    ...(contentType !== undefined && { contentType }),
  };
}

/** An error of a field that reads, and the places of its arguments. */
export class FieldFailure extends Error {
  override readonly name = "FieldFailure";
  constructor(override readonly cause: unknown, readonly places: ArgumentPlaces) {
    super("A field could not be read", { cause });
  }
}

/**
 * Runs a resolver. Its errors know the arguments of the field.
 *
 * @throws {FieldFailure} with the error of the resolver.
 */
export async function resolving<Result>(
  places: ArgumentPlaces,
  resolve: () => Promise<Result>,
): Promise<Result> {
  try {
    return await resolve();
  } catch (error) {
    throw new FieldFailure(error, places);
  }
}

/** Returns the path to the argument of a validation error. */
export function argumentPath(
  places: ArgumentPlaces,
  { name, place, pointer = "" }: {
    readonly name: string;
    readonly place: string;
    readonly pointer?: string | undefined;
  },
): readonly string[] {
  const found = places.find((one) =>
    one.in === place && (place === "body" || one.name.toLowerCase() === name.toLowerCase())
  );
  const steps = pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return [found?.argument ?? name, ...steps];
}

/** Copies an input object, which has no prototype, to plain objects. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function placeOf(
  { name, in: place }: DocumentedParameter,
  { operationId }: DocumentedOperation,
): ArgumentPlace["in"] {
  if (place === "path" || place === "query" || place === "header") return place;
  throw new FaceError(`GraphQL: the parameter ${name} of ${operationId} cannot become an argument`);
}

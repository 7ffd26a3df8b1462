import { getNullableType, type GraphQLFieldConfig, GraphQLNonNull } from "graphql";
import type { CallInput } from "@archway/server/operation_calls.ts";
import { Problem } from "@archway/server/problem.ts";
import { arrayOf, objectOf, textOf } from "@archway/service_kit/json_object.ts";
import type { GraphqlRelation, LoadedResource } from "@archway/service_kit/graphql_face.ts";
import { cursorsOf } from "@archway/service_kit/list_endpoint.ts";
import type { RequestState, ResolverContext } from "../execution/request_state.ts";
import { type ApiDocument, type DocumentedOperation, FaceError } from "./api_document.ts";
import {
  type ArgumentPlaces,
  callInput,
  fieldArguments,
  FieldFailure,
  isList,
  PAGE_ARGUMENTS,
  resolving,
} from "./arguments.ts";
import { connectionType, DEFAULT_PAGE, nodeOf, PageSource } from "./connection_types.ts";
import { typeName } from "./names.ts";
import type { TypeBuilder } from "./type_builder.ts";

/** Configuration of a field. */
export type FieldConfig = GraphQLFieldConfig<unknown, ResolverContext>;

/** Operation and its document. */
export interface FieldSource {
  readonly document: ApiDocument;
  readonly operation: DocumentedOperation;
  /** Names of arguments, by parameter. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Description instead of the document's. */
  readonly description: string | undefined;
}

/** Arguments of a resolver. */
type Args = Readonly<Record<string, unknown>>;

/** Returns the texts of a field. */
export function fieldTexts(
  { operation: { summary, description, deprecated }, description: own }: FieldSource,
): { readonly description: string; readonly deprecationReason?: string } {
  const text = [`${summary}.`, own ?? description].filter((one) => one !== undefined && one !== "").join(
    "\n\n",
  );
  return {
    description: text,
    ...(deprecated && { deprecationReason: "Deprecated in the OpenAPI document" }),
  };
}

/**
 * Returns the field of `Query` for an operation that reads.
 *
 * @throws {FaceError} for another method than GET.
 */
export function queryField(source: FieldSource, field: string, types: TypeBuilder): FieldConfig {
  const { operation } = source;
  if (operation.method !== "get") {
    throw new FaceError(`GraphQL: ${operation.operationId} is no GET, so no query`);
  }
  if (isList(operation)) return listField(source, { field: `Query.${field}`, types });
  const { args, places } = fieldArguments({ ...source, types }, { field });
  const type = getNullableType(types.output({ ...source, schema: dataOf(source), name: typeName(field) }));
  const texts = fieldTexts(source);
  const { operationId } = operation;
  const loaded = idParameter(operation);
  if (loaded === undefined) {
    return {
      ...{ type, args, ...texts },
      resolve: (_, sent: Args, { state }) =>
        resolving(places, async () => {
          const found = await state.find(operationId, callInput(places, sent));
          return found === undefined ? null : nodeOf(found);
        }),
    };
  }
  const name = resourceType(source);
  return {
    ...{ type, args, ...texts },
    resolve: (_, sent: Args, { state }) =>
      resolving(places, async () => {
        const input = callInput(places, sent);
        state.operation(operationId).validate(input);
        const found = await state.load(name, String(input.path[loaded]), { operationId });
        return found === undefined ? null : nodeOf(found);
      }),
  };
}

/**
 * Returns the name of the type of an operation's resource.
 *
 * @throws {FaceError} if the data is no component of the document.
 */
export function resourceType({ document, operation }: FieldSource): string {
  const { name } = document.resolve(operation.data);
  if (name === undefined) {
    throw new FaceError(`GraphQL: the data of ${operation.operationId} is no component of its document`);
  }
  return typeName(name);
}

/** Returns the name of the only parameter of an operation that reads a resource by id; undefined for others. */
export function idParameter({ parameters, data }: DocumentedOperation): string | undefined {
  const own = parameters.filter(({ in: place }) => place === "path" || place === "query");
  const [only] = own;
  return own.length === 1 && only?.in === "path" && data !== undefined ? only.name : undefined;
}

/** Returns a field for a relation to one resource. */
export function oneField(
  { by, description }: Extract<GraphqlRelation, { one: string }>,
  { source, types }: { readonly source: FieldSource; readonly types: TypeBuilder },
): FieldConfig {
  const { operation: { operationId } } = source;
  const name = resourceType(source);
  const type = getNullableType(types.output({ ...source, schema: source.operation.data, name }));
  return {
    type,
    description: description ?? `The resource of \`${by}\`; null if it is not accessible to the caller.`,
    resolve: async (parent, _, { state }) => {
      const id = objectOf(parent)[by];
      if (typeof id !== "string") return null;
      const found = await state.load(name, id, { operationId });
      return found === undefined ? null : nodeOf(found);
    },
  };
}

/** Options of {@link listField}. */
interface ListFieldOptions {
  /** Type and name of the field, e.g. "Profile.accounts". */
  readonly field: string;
  readonly types: TypeBuilder;
  /** Parameters, and the properties of the parent that they are. @default {} */
  readonly where?: Readonly<Record<string, string>>;
  readonly description?: string | undefined;
}

/**
 * Returns a connection for an operation that reads a list.
 *
 * @throws {FaceError} if the items are no component of the document.
 */
export function listField(
  source: FieldSource,
  { field, types, where = {}, description }: ListFieldOptions,
): FieldConfig {
  const { document, operation } = source;
  const { operationId } = operation;
  const item = document.resolve(dataOf(source)).schema["items"];
  const name = document.resolve(item).name;
  if (item === undefined || name === undefined) {
    throw new FaceError(`GraphQL: the items of ${operationId} are no component of its document`);
  }
  const own = field.split(".").at(-1) ?? field;
  const { args, places } = fieldArguments({ ...source, types }, { field: own, bound: Object.keys(where) });
  const node = types.output({ document, schema: item, name });
  const texts = fieldTexts(source);
  const [parentProperty] = Object.values(where);
  const limits = new FirstPages();
  return {
    type: new GraphQLNonNull(connectionType(types, node, typeName(name))),
    args: { ...args, ...PAGE_ARGUMENTS },
    ...texts,
    ...(description !== undefined && { description }),
    resolve: (parent, sent: Args, { state }) => {
      const inputOf = (): CallInput => {
        const page = pageQuery(sent);
        const { path, query, headers } = callInput(places, sent);
        const bound = boundParameters(operation, { where, parent });
        return {
          ...{ path: { ...path, ...bound.path }, query: { ...query, ...bound.query, ...page } },
          ...(headers !== undefined && { headers }),
        };
      };
      const read = (): Promise<PageSource> =>
        resolving(withPage(places, sent), () => readPage(operationId, inputOf(), state));
      const parentId = parentProperty === undefined ? undefined : objectOf(parent)[parentProperty];
      const batch = typeof parentId === "string" ? limits.of(sent) : undefined;
      if (batch === undefined || typeof parentId !== "string") return read();
      try {
        const loading = state.loadList(field, parentId, { operationId, limit: batch, input: inputOf });
        if (loading === undefined) return read();
        return loading.then(
          (found) => found === undefined ? read() : new PageSource({ ...found, hasPrevious: false }),
          (error) => {
            throw new FieldFailure(error, withPage(places, sent));
          },
        );
      } catch (error) {
        throw new FieldFailure(error, withPage(places, sent));
      }
    },
  };
}

/** Sizes of first pages by the arguments of a field, which are the same for all parents in a request. */
class FirstPages {
  readonly #limits = new WeakMap<Args, { readonly limit: number | undefined }>();

  /** Returns the size of the first page; undefined for other pages, and with filters. */
  of(args: Args): number | undefined {
    let known = this.#limits.get(args);
    if (known === undefined) {
      known = { limit: isFirstPage(args) ? pageQuery(args).limit : undefined };
      this.#limits.set(args, known);
    }
    return known.limit;
  }
}

/** Adds the places of the arguments that select a page. */
function withPage(places: ArgumentPlaces, { last }: Args): ArgumentPlaces {
  const limit = (last ?? null) === null ? "first" : "last";
  return [
    ...places,
    { argument: limit, in: "query", name: "limit" },
    { argument: "after", in: "query", name: "after" },
    { argument: "before", in: "query", name: "before" },
  ];
}

async function readPage(operationId: string, input: CallInput, state: RequestState): Promise<PageSource> {
  const { body, result } = await state.read(operationId, input);
  const cursorOf = result && cursorsOf(result);
  if (cursorOf === undefined) throw new Error(`The response of ${operationId} has no cursors`);
  const { data, meta } = objectOf(body);
  const { etags, nextCursor, prevCursor } = objectOf(meta);
  const items = arrayOf(data).map((one): LoadedResource => {
    const resource = objectOf(one);
    return { data: resource, etag: textOf(objectOf(etags)[String(resource["id"])]) };
  });
  return new PageSource({
    items,
    cursorOf,
    hasNext: nextCursor !== undefined,
    hasPrevious: prevCursor !== undefined,
  });
}

/** Returns the parameters of a page. @throws {Problem} 400 if both directions are mixed. */
function pageQuery({ first, after, last, before }: Args): {
  readonly limit: number;
  readonly after?: unknown;
  readonly before?: unknown;
} {
  const isBackward = (last ?? before ?? null) !== null;
  if (isBackward && (first ?? after ?? null) !== null) {
    throw invalidPage("last", "cannot be used with first or after");
  }
  if (isBackward && (before ?? null) === null) throw invalidPage("before", "is required with last");
  const limit = Number(first ?? last ?? DEFAULT_PAGE);
  return isBackward ? { limit, before } : (after ?? null) === null ? { limit } : { limit, after };
}

function isFirstPage(args: Args): boolean {
  return Object.entries(args).every(([name, value]) =>
    name === "first" || value === undefined || value === null
  );
}

function invalidPage(name: string, reason: string): Problem {
  return new Problem(400, "invalid-page", {
    detail: "The arguments of the page are invalid",
    invalidParams: [{ name, in: "query", reason }],
  });
}

/** Returns the parameters of a list that are properties of its parent. */
function boundParameters(
  { parameters }: DocumentedOperation,
  { where, parent }: { readonly where: Readonly<Record<string, string>>; readonly parent: unknown },
): { readonly path: Record<string, unknown>; readonly query: Record<string, unknown> } {
  const records: { path: Record<string, unknown>; query: Record<string, unknown> } = { path: {}, query: {} };
  for (const [name, property] of Object.entries(where)) {
    const place = parameters.find((parameter) => parameter.name === name)?.in;
    records[place === "path" ? "path" : "query"][name] = objectOf(parent)[property];
  }
  return records;
}

/** Returns the schema of the resource in the responses of an operation. @throws {FaceError} if there is none. */
export function dataOf({ operation: { data, operationId } }: FieldSource): unknown {
  if (data === undefined) throw new FaceError(`GraphQL: the response of ${operationId} has no \`data\``);
  return data;
}

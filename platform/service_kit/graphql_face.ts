import type { RequestContext } from "@archway/server/request_context.ts";
import type { AccessScope } from "./access_scope.ts";
import type { ReadOptions, TokenHeader } from "./consistency_tokens.ts";
import { formatVersion } from "./entity_version.ts";
import {
  type CursorOf,
  cursorsBeside,
  type ListEndpointOptions,
  type ListFilter,
  listIdentity,
} from "./list_endpoint.ts";
import type { Subscribe } from "./streamed_items.ts";

/**
 * GraphQL face of a service: names for the operations of its OpenAPI document. Types, arguments, descriptions and
 * nullability follow from the document.
 */
export interface GraphqlFace {
  /** OpenAPI document as JSON text. */
  readonly document: string;
  /** Operations that read, by field of `Query`. */
  readonly queries: Readonly<Record<string, string>>;
  /** Operations that write, by field of `Mutation`. @default none */
  readonly mutations?: Readonly<Record<string, string>>;
  /** Fields of `Subscription`. @default none */
  readonly subscriptions?: Readonly<Record<string, GraphqlSubscription>>;
  /** Fields that connect types, by type and field; the types may be those of other services. @default none */
  readonly relations?: Readonly<Record<string, Readonly<Record<string, GraphqlRelation>>>>;
  /** Names of arguments, by operation and parameter. @default the names of the parameters in camel case */
  readonly arguments?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Descriptions of fields, by operation. @default those of the document */
  readonly descriptions?: Readonly<Record<string, string>>;
  /** Scalars that the document does not state, by "Type.property". @default none */
  readonly scalars?: Readonly<Record<string, "Decimal" | "Int64">>;
}

/** Field of `Subscription`, whose events are items of a list. */
export interface GraphqlSubscription {
  /** Operation of the list; subscribers need its scopes. */
  readonly itemsOf: string;
  readonly description: string;
}

/** Field that connects two types. */
export type GraphqlRelation =
  | {
    /** Type that has a query by id. */
    readonly one: string;
    /** Property of the parent with the id. */
    readonly by: string;
    readonly description?: string;
  }
  | {
    /** Operation of a list. */
    readonly list: string;
    /** Parameters of the operation, and the properties of the parent that they are. */
    readonly where: Readonly<Record<string, string>>;
    readonly description?: string;
  };

/** Reads for many resources at once. Without them, each resource is one call of its operation. */
export interface GraphqlBatches {
  /** Reads resources by id, by type. @default {} */
  readonly byId?: Readonly<Record<string, LoadByIds>>;
  /** Reads the first pages of the lists of many parents, by "Type.field". @default {} */
  readonly lists?: Readonly<Record<string, LoadLists>>;
  /** Events as they happen, by field of `Subscription`. @default {} */
  readonly subscriptions?: Readonly<Record<string, Subscribe>>;
}

/** Request for which something is read, and the required freshness. */
export interface BatchRequest {
  readonly context: RequestContext;
  readonly headers: TokenHeader;
}

/** A resource as JSON, and its entity tag. */
export interface LoadedResource {
  readonly data: object;
  readonly etag?: string | undefined;
}

/** First page of a list. */
export interface LoadedList {
  readonly items: readonly LoadedResource[];
  readonly hasNext: boolean;
  readonly cursorOf: CursorOf;
}

/** Returns the resources by id, without those that are missing or outside the access scope of the caller. */
export type LoadByIds = (
  ids: readonly string[],
  request: BatchRequest,
) => Promise<ReadonlyMap<string, LoadedResource>>;

/** Returns the first pages of lists, by id of their parent. */
export type LoadLists = (
  parents: readonly string[],
  request: BatchRequest & { readonly limit: number },
) => Promise<ReadonlyMap<string, LoadedList>>;

/** Resources in an access scope, and the options of the read. */
interface BatchScope extends ReadOptions {
  readonly scope: AccessScope;
}

/** Parts of the declaration of a list that batches need. */
type Listing<Request, Filter, Item, Json, Anchor> = Pick<
  ListEndpointOptions<Request, Filter, Item, Json, Anchor>,
  "name" | "cursors" | "tokens" | "scopeOf" | "toJson" | "anchorOf" | "tagOf"
>;

/** Returns a function that reads resources by id with one use case. */
export function batchById<Request, Filter, Item, Json extends object, Anchor>(
  { tokens, scopeOf, toJson, tagOf }: Pick<
    Listing<Request, Filter, Item, Json, Anchor>,
    "tokens" | "scopeOf" | "toJson" | "tagOf"
  >,
  read: (ids: readonly string[], options: BatchScope) => Promise<readonly Item[]>,
): LoadByIds {
  return async (ids, { context, headers }) => {
    const items = await read(ids, { scope: scopeOf(context), ...tokens.readOptions(headers, context) });
    return new Map(items.map((item) => [tagOf(item).id, loadedResource(item, { toJson, tagOf })]));
  };
}

function loadedResource<Item, Json extends object>(
  item: Item,
  { toJson, tagOf }: Pick<Listing<never, never, Item, Json, never>, "toJson" | "tagOf">,
): LoadedResource {
  const { version } = tagOf(item);
  return { data: toJson(item), etag: version === undefined ? undefined : formatVersion(version) };
}

/** Options of {@link batchLists}. */
export interface BatchListsOptions<Filter, Item> {
  /** Returns the filter of the list of one parent. */
  readonly filterOf: (parent: string) => Filter;
  /** Returns the id of the parent of an item. */
  readonly parentOf: (item: Item) => string | null;
  /** Reads the first items of all lists, one more of each than the limit, in the order of the lists. */
  readonly read: (
    parents: readonly string[],
    options: BatchScope & { readonly limit: number },
  ) => Promise<readonly Item[]>;
}

/** Returns a function that reads the first pages of many lists with one use case. Its cursors are those of the lists. */
export function batchLists<Request, Filter extends ListFilter, Item, Json extends object, Anchor>(
  { name, cursors, tokens, scopeOf, toJson, anchorOf, tagOf }: Listing<Request, Filter, Item, Json, Anchor>,
  { filterOf, parentOf, read }: BatchListsOptions<Filter, Item>,
): LoadLists {
  return async (parents, { context, headers, limit }) => {
    const scope = scopeOf(context);
    const options = { scope, ...tokens.readOptions(headers, context), limit: limit + 1 };
    const byParent = Map.groupBy(await read(parents, options), parentOf);
    return new Map(parents.map((parent) => {
      const found = byParent.get(parent) ?? [];
      const list = listIdentity(name, filterOf(parent), scope);
      return [parent, {
        items: found.slice(0, limit).map((item) => loadedResource(item, { toJson, tagOf })),
        hasNext: found.length > limit,
        cursorOf: cursorsBeside(found, { cursors, anchorOf, list }),
      }];
    }));
  };
}

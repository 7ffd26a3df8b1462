import type { StrictResponse } from "@archway/server/operation.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { AccessScope, Caller } from "./access_scope.ts";
import type { ConsistencyTokens, ReadOptions, TokenHeader } from "./consistency_tokens.ts";
import { PageLinks } from "./lists/page_links.ts";
import { cursorNeighbours, numberedLinks, type PageNeighbours } from "./lists/page_neighbours.ts";
import { type PageParameters, parsePageRequest } from "./lists/page_request.ts";
import { PageTags, type Tagged, type TagsOfPage } from "./lists/page_tags.ts";
import type { ListRequest, Page, PageRequest } from "./page.ts";
import type { ListIdentity, PageCursors } from "./page_cursors.ts";

export type { Tagged };

/** Request of a list, as the OpenAPI document declares it. */
export interface ListEndpointRequest {
  readonly query: PageParameters & { readonly [name: string]: string | number | undefined };
  readonly headers: TokenHeader;
}

/** Normalized filter values of a list. Values and their order are part of the list's identity. */
export type ListFilter = Readonly<Record<string, string | undefined>>;

/** Declaration of a list. */
export interface ListEndpointOptions<Request, Filter, Item, Json, Anchor> {
  /** Name of the list with its order, e.g. "profiles, newest first"; cursors are bound to it. */
  readonly name: string;
  readonly cursors: PageCursors<Anchor>;
  readonly tokens: ConsistencyTokens;
  readonly scopeOf: (caller: Caller) => AccessScope;
  /** Returns the filter of a request. */
  readonly filter: (request: Request) => Filter;
  /** The use case. */
  readonly read: (request: ListRequest<Filter, Anchor>, options: ReadOptions) => Promise<Page<Item>>;
  readonly toJson: (item: Item) => Json;
  /** Position of an item in the list. */
  readonly anchorOf: (item: Item) => Anchor;
  /** Id and version of an item, from which entity tags are computed. */
  readonly tagOf: (item: Item) => Tagged;
}

/** Response with one page, as OpenAPI documents declare it. */
export interface ListResponse<Json, Meta> {
  readonly status: 200;
  readonly headers: { readonly ETag: string; readonly Link: string };
  readonly body: { readonly data: Json[]; readonly meta: Meta };
  /** Cursors of its items, which are not sent. */
  readonly cursorOf: CursorOf;
}

/** Returns the cursor of a page beside an item, by its index. */
export type CursorOf = (index: number, direction: "after" | "before") => string;

/** Returns the cursors of the items of a response, if it is that of a list which is paged by cursor. */
export function cursorsOf(response: StrictResponse): CursorOf | undefined {
  const cursorOf: unknown = Reflect.get(response, "cursorOf");
  if (typeof cursorOf !== "function") return undefined;
  return (index, direction) => String(cursorOf(index, direction));
}

/** Returns the cursors of the pages beside items of a list. */
export function cursorsBeside<Item, Anchor>(
  items: readonly Item[],
  { cursors, anchorOf, list }:
    & Pick<ListEndpointOptions<never, never, Item, never, Anchor>, "cursors" | "anchorOf">
    & { readonly list: ListIdentity },
): CursorOf {
  return (index, direction) => {
    const item = items[index];
    if (item === undefined) throw new RangeError("The page has no such item");
    return cursors.encode({ direction, anchor: anchorOf(item), inclusive: false }, list);
  };
}

/** Returns the identity of a list, to which its cursors are bound. */
export function listIdentity(name: string, filter: ListFilter, scope: AccessScope): ListIdentity {
  return [
    name,
    ...Object.values(filter).map((value) => value ?? null),
    ...(scope.kind === "owner" ? [scope.subject] : []),
  ];
}

/** `meta` of a page by cursor. */
export interface CursorMeta extends Omit<PageNeighbours, "link"> {
  readonly requestId: string;
  readonly limit: number;
  readonly etags: TagsOfPage["items"];
}

/** `meta` of a page by number. */
export interface OffsetMeta {
  readonly requestId: string;
  readonly mode: "offset";
  readonly page: number;
  readonly pageSize: number;
  readonly totalItems: number;
  readonly totalPages: number;
  readonly etags: TagsOfPage["items"];
}

/** Strict handler of a list. */
export type ListHandler<Request, Json, Meta> = (
  request: Request,
  context: RequestContext,
) => Promise<ListResponse<Json, Meta>>;

/** Returns the handler of a list that is paged by cursor. */
export function listEndpoint<
  Request extends ListEndpointRequest,
  Filter extends ListFilter,
  Item,
  Json,
  Anchor,
>(
  options: ListEndpointOptions<Request, Filter, Item, Json, Anchor>,
): ListHandler<Request, Json, CursorMeta> {
  const list = new List(options);
  return async (request, context) => {
    const read = await list.read(request, context);
    const { limit } = read.page;
    const { link, ...neighbours } = list.neighbours(read);
    const { page: tag, items: etags } = list.tags(read, [limit]);
    const meta = { requestId: context.requestId, limit, etags, ...neighbours };
    return list.respond(read, { ETag: tag, Link: link }, meta);
  };
}

/** Returns the handler of a list that is paged by cursor, or by number with totals. */
export function numberedListEndpoint<
  Request extends ListEndpointRequest,
  Filter extends ListFilter,
  Item,
  Json,
  Anchor,
>(
  options: ListEndpointOptions<Request, Filter, Item, Json, Anchor>,
): ListHandler<Request, Json, (CursorMeta & { readonly mode: "cursor" }) | OffsetMeta> {
  const list = new List(options);
  return async (request, context) => {
    const read = await list.read(request, context);
    const { requestId } = context;
    const { limit, number } = read.page;
    if (number === undefined) {
      const { link, ...neighbours } = list.neighbours(read);
      const { page: tag, items: etags } = list.tags(read, ["cursor", limit]);
      const meta = { requestId, mode: "cursor" as const, limit, etags, ...neighbours };
      return list.respond(read, { ETag: tag, Link: link }, meta);
    }
    const { totalItems = 0 } = read.found;
    const totalPages = Math.ceil(totalItems / limit);
    const { page: tag, items: etags } = list.tags(read, ["offset", limit, number, totalItems]);
    const total = { page: number, pageSize: limit, totalItems, totalPages };
    const headers = { ETag: tag, Link: numberedLinks(number, totalPages, read) };
    return list.respond(read, headers, { requestId, mode: "offset" as const, ...total, etags });
  };
}

/** A page that was read, and its position. */
interface ReadPage<Item, Anchor> {
  readonly found: Page<Item>;
  readonly page: PageRequest<Anchor>;
  readonly list: ListIdentity;
  readonly links: PageLinks;
}

/** Steps of a list operation. */
class List<Request extends ListEndpointRequest, Filter extends ListFilter, Item, Json, Anchor> {
  readonly #options: ListEndpointOptions<Request, Filter, Item, Json, Anchor>;
  readonly #tags = new PageTags();

  constructor(options: ListEndpointOptions<Request, Filter, Item, Json, Anchor>) {
    this.#options = options;
  }

  async read(request: Request, context: RequestContext): Promise<ReadPage<Item, Anchor>> {
    const { name, cursors, tokens, scopeOf, filter: filterOf, read } = this.#options;
    const scope = scopeOf(context);
    const filter = filterOf(request);
    const list = listIdentity(name, filter, scope);
    const page = parsePageRequest(request.query, { cursors, list });
    const found = await read({ scope, filter, page }, tokens.readOptions(request.headers, context));
    return { found, page, list, links: new PageLinks(context.url, request.query) };
  }

  neighbours({ found, page, list, links }: ReadPage<Item, Anchor>): PageNeighbours {
    const { cursors, anchorOf } = this.#options;
    return cursorNeighbours(found, page, { cursors, list, links, anchorOf });
  }

  tags({ found }: ReadPage<Item, Anchor>, context: readonly (string | number)[]): TagsOfPage {
    const { items, hasPrevious, hasNext } = found;
    return this.#tags.of(items.map(this.#options.tagOf), [...context, hasPrevious, hasNext]);
  }

  respond<Meta>(
    { found: { items }, list }: ReadPage<Item, Anchor>,
    headers: ListResponse<Json, Meta>["headers"],
    meta: Meta,
  ): ListResponse<Json, Meta> {
    const { cursors, anchorOf, toJson } = this.#options;
    const body = { data: items.map(toJson), meta };
    return { status: 200, headers, body, cursorOf: cursorsBeside(items, { cursors, anchorOf, list }) };
  }
}

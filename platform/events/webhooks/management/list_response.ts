import { pageNeighbours } from "@archway/service_kit/paging/cursor_page.ts";
import { formatVersion } from "@archway/service_kit/paging/entity_version.ts";
import type { KeysetPage, PageOf } from "@archway/service_kit/paging/keyset.ts";
import type { ListIdentity, PageCursors } from "@archway/service_kit/paging/page_cursors.ts";
import type { PageMeta } from "@archway/api/webhookapi/server.gen.ts";
import { PageTags } from "@archway/service_kit/paging/page_tags.ts";
import { PageLinks } from "@archway/service_kit/lists/page_links.ts";
import type { RequestContext } from "@archway/server/request_context.ts";

/** One page, as the document declares its answer. */
export interface ListResponse<Wire> {
  readonly status: 200;
  readonly headers: { readonly ETag: string; readonly Link: string };
  readonly body: { readonly data: Wire[]; readonly meta: PageMeta };
}

/** How the items of a list are told. */
export interface ListForm<Item, Wire, P> {
  readonly wire: (item: Item) => Wire;
  readonly pivotOf: (item: Item) => P;
  readonly idOf: (item: Item) => string;
  /** The version of an item that can be read by itself; undefined: it cannot, and never changes. */
  readonly versionOf: (item: Item) => bigint | undefined;
  /** What of an item changes without a version. @default nothing */
  readonly stateOf?: (item: Item) => string;
}

/** Where a page was asked for. */
export interface ListContext<P> {
  readonly context: RequestContext;
  /** What narrows the list and how large a page is: it goes into every link. */
  readonly parameters: Readonly<Record<string, string | number | undefined>>;
  readonly page: PageOf<P>;
  readonly cursors: PageCursors<P>;
  readonly list: ListIdentity;
}

/** The answer for a page: a cursor for each neighbour that exists. */
export function listResponse<Item, Wire, P>(
  found: KeysetPage<Item>,
  { wire, pivotOf, idOf, versionOf, stateOf = idOf }: ListForm<Item, Wire, P>,
  { context, parameters, page, cursors, list }: ListContext<P>,
): ListResponse<Wire> {
  const links = new PageLinks(context.url, parameters);
  const { link, ...neighbours } = pageNeighbours(found, page, { cursors, list, links, pivotOf });
  const etags = Object.fromEntries(found.items.flatMap((item) => {
    const version = versionOf(item);
    return version === undefined ? [] : [[idOf(item), formatVersion(version)]];
  }));
  const tagged = found.items.map((item) => ({ id: stateOf(item), version: versionOf(item) ?? 1n }));
  const { page: tag } = new PageTags().of(tagged, [page.limit, found.hasPrevious, found.hasNext]);
  return {
    status: 200,
    headers: { ETag: tag, Link: link },
    body: {
      data: found.items.map(wire),
      meta: { requestId: context.requestId, limit: page.limit, etags, ...neighbours },
    },
  };
}

import type {
  CursorPageMeta,
  OffsetPageMeta,
  Profile as WireProfile,
} from "@archway/api/profileapi/server.gen.ts";
import { pageNeighbours } from "@archway/service_kit/paging/cursor_page.ts";
import type { PageLinks } from "@archway/service_kit/paging/page_links.ts";
import type { PageTags } from "@archway/service_kit/paging/page_tags.ts";
import { type CursorCodec, listIdentity } from "./cursor.ts";
import type { KeysetPage, KeysetQuery, OffsetPage, OffsetQuery } from "./ports.ts";
import { wireProfile } from "./wire_profile.ts";

/** One page, as the document declares its answer. */
export interface PageResponse<Meta> {
  readonly status: 200;
  readonly headers: { readonly ETag: string; readonly Link: string };
  readonly body: { readonly data: WireProfile[]; readonly meta: Meta };
}

/** Where the page was asked for. */
export interface PageContext {
  readonly requestId: string;
  readonly links: PageLinks;
  readonly tags: PageTags;
}

/** The answer for a page by key: a cursor for each neighbour that exists. */
export function cursorPageResponse(
  page: KeysetPage,
  query: KeysetQuery,
  { cursors, requestId, links, tags }: PageContext & { readonly cursors: CursorCodec },
): PageResponse<CursorPageMeta> {
  const { profiles, hasNewer, hasOlder } = page;
  const { link, ...neighbours } = pageNeighbours(
    { items: profiles, hasNext: hasOlder, hasPrevious: hasNewer },
    query,
    { cursors: cursors.cursors, list: listIdentity(query.filter), links, pivotOf: (profile) => profile },
  );
  const { page: tag, items: etags } = tags.of(profiles, ["cursor", query.limit, hasNewer, hasOlder]);
  const meta: CursorPageMeta = {
    requestId,
    mode: "cursor",
    limit: query.limit,
    etags,
    ...neighbours,
  };
  return {
    status: 200,
    headers: { ETag: tag, Link: link },
    body: { data: profiles.map(wireProfile), meta },
  };
}

/** The answer for a page by number, with the totals. */
export function offsetPageResponse(
  { profiles, totalItems }: OffsetPage,
  { page, pageSize }: OffsetQuery,
  { requestId, links, tags }: PageContext,
): PageResponse<OffsetPageMeta> {
  const totalPages = Math.ceil(totalItems / pageSize);
  let link = links.to("first", "page=1");
  // Behind the end, the way back leads to the last page that exists.
  if (page > 1 && totalPages > 0) link += `, ${links.to("prev", `page=${Math.min(page - 1, totalPages)}`)}`;
  if (page < totalPages) link += `, ${links.to("next", `page=${page + 1}`)}`;
  link += `, ${links.to("last", `page=${Math.max(totalPages, 1)}`)}`;
  const { page: tag, items: etags } = tags.of(profiles, ["offset", page, pageSize, totalItems]);
  const meta: OffsetPageMeta = {
    requestId,
    mode: "offset",
    page,
    pageSize,
    totalItems,
    totalPages,
    etags,
  };
  return {
    status: 200,
    headers: { ETag: tag, Link: link },
    body: { data: profiles.map(wireProfile), meta },
  };
}

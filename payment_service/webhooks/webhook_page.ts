import { pageNeighbours } from "../../paging/cursor_page.ts";
import { formatPageTag } from "../../paging/entity_version.ts";
import type { KeysetPage, PageOf, Pivot } from "../../paging/keyset.ts";
import { CursorError, type ListIdentity, type PageCursors } from "../../paging/page_cursors.ts";
import { PageLinks } from "../../paging/page_links.ts";
import type { RequestContext } from "../../server/request_context.ts";
import { WebhookError } from "./webhook_error.ts";

/** Items on a page when the client does not say. */
const DEFAULT_LIMIT = 20;

/** The query of a list. */
export interface PageQuery {
  readonly limit?: number;
  readonly after?: string;
  readonly before?: string;
}

/** Which list, and what leads through it. */
export interface ListParts {
  readonly cursors: PageCursors<Pivot>;
  readonly list: ListIdentity;
}

/** Reads which page is asked for. @throws {WebhookError} "invalid-page". */
export function parsePage(
  { limit = DEFAULT_LIMIT, after, before }: PageQuery,
  { cursors, list }: ListParts,
): PageOf {
  if (after !== undefined && before !== undefined) throw invalid("before", "cannot be used with after");
  const text = after ?? before;
  if (text === undefined) return { limit };
  const direction = after === undefined ? "before" : "after";
  try {
    const position = cursors.decode(text, list);
    if (position.direction === direction) return { limit, position };
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw invalid(direction, error.reason, error);
  }
  throw invalid(direction, "is a cursor of the other direction");
}

function invalid(field: string, reason: string, cause?: unknown): WebhookError {
  return new WebhookError("invalid-page", { faults: [{ field, reason }], cause });
}

/** One page, as the document declares its answer. */
export interface PageAnswer<Wire> {
  readonly status: 200;
  readonly headers: { readonly ETag: string; readonly Link: string };
  readonly body: { readonly data: Wire[]; readonly meta: WirePageMeta };
}

/** What is told of a page. */
export interface WirePageMeta {
  requestId: string;
  limit: number;
  nextCursor?: string;
  prevCursor?: string;
  etags: Record<string, string>;
}

/** The answer for a page: a cursor for each neighbour that exists. */
export function pageAnswer<Item extends Pivot, Wire>(
  found: KeysetPage<Item>,
  { wire, etagOf }: { readonly wire: (item: Item) => Wire; readonly etagOf?: (item: Item) => string },
  { context, query, page, cursors, list }: ListParts & {
    readonly context: RequestContext;
    readonly query: PageQuery;
    readonly page: PageOf;
  },
): PageAnswer<Wire> {
  const links = new PageLinks(context.url, { limit: query.limit });
  const { link, ...neighbours } = pageNeighbours(found, page, {
    cursors,
    list,
    links,
    pivotOf: (item): Pivot => item,
  });
  const data = found.items.map(wire);
  const etags = etagOf === undefined
    ? {}
    : Object.fromEntries(found.items.map((item) => [item.id, etagOf(item)]));
  // Of all that is told: a delivery has no version that counts.
  const tagged = data.map((item) => ({ id: JSON.stringify(item), version: 1n }));
  return {
    status: 200,
    headers: { ETag: formatPageTag(tagged, [page.limit, found.hasPrevious, found.hasNext]), Link: link },
    body: { data, meta: { requestId: context.requestId, limit: page.limit, ...neighbours, etags } },
  };
}

import type { Page, PageRequest, TimeAnchor } from "./page.ts";
import type { ListIdentity, PageCursors } from "./page_cursors.ts";
import { parsePageRequest } from "./lists/page_request.ts";

/** Cursors of one list. */
interface ListCursors {
  readonly cursors: PageCursors;
  readonly list: ListIdentity;
}

/**
 * Returns the page after a cursor, or the first one.
 *
 * @throws {DomainError} "invalid-page" if the cursor is not one of this list.
 */
export function cursorRequest(
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
  { cursors, list }: ListCursors,
): PageRequest {
  return parsePageRequest({ limit, after }, { cursors, list });
}

/** Returns the cursor of the next page; undefined on the last one. */
export function nextCursor(page: Page<TimeAnchor>, { cursors, list }: ListCursors): string | undefined {
  const last = page.items.at(-1);
  if (!page.hasNext || last === undefined) return undefined;
  const anchor = { createdAt: last.createdAt, id: last.id };
  return cursors.encode({ direction: "after", anchor, inclusive: false }, list);
}

import type { KeysetPage, PageOf } from "./keyset.ts";
import type { ListIdentity, PageCursors } from "./page_cursors.ts";
import type { PageLinks } from "../lists/page_links.ts";

/** What leads from a page to its neighbours. */
export interface CursorPageOptions<Item, P> {
  readonly cursors: PageCursors<P>;
  readonly list: ListIdentity;
  readonly links: PageLinks;
  /** Where an item stands. */
  readonly pivotOf: (item: Item) => P;
}

/** The neighbours of a page: a cursor for each one that exists, and links to them. */
export interface PageNeighbours {
  readonly nextCursor?: string;
  readonly prevCursor?: string;
  /** The value of the Link header. */
  readonly link: string;
}

/** The neighbours of a page by key. */
export function pageNeighbours<Item, P>(
  { items, hasNext, hasPrevious }: KeysetPage<Item>,
  { position }: PageOf<P>,
  { cursors, list, links, pivotOf }: CursorPageOptions<Item, P>,
): PageNeighbours {
  const [first, last] = [items[0], items.at(-1)].map((item) =>
    item === undefined ? position?.pivot : pivotOf(item)
  );
  // Beside an empty page lies the pivot's own row, unless the pivot was on this side already.
  const inclusive = items.length === 0 && !position?.inclusive;
  const nextCursor = hasNext && last !== undefined &&
    cursors.encode({ direction: "after", pivot: last, inclusive }, list);
  const prevCursor = hasPrevious && first !== undefined &&
    cursors.encode({ direction: "before", pivot: first, inclusive }, list);
  let link = links.to("first", "");
  if (prevCursor) link += `, ${links.to("prev", `before=${prevCursor}`)}`;
  if (nextCursor) link += `, ${links.to("next", `after=${nextCursor}`)}`;
  return { ...(nextCursor && { nextCursor }), ...(prevCursor && { prevCursor }), link };
}

import type { Page, PageRequest } from "../page.ts";
import type { ListIdentity, PageCursors } from "../page_cursors.ts";
import type { PageLinks } from "./page_links.ts";

/** Options for {@link cursorNeighbours}. */
export interface CursorPageOptions<Item, Anchor> {
  readonly cursors: PageCursors<Anchor>;
  readonly list: ListIdentity;
  readonly links: PageLinks;
  readonly anchorOf: (item: Item) => Anchor;
}

/** Cursors of the neighbours of a page, if there are any, and the links to them. */
export interface PageNeighbours {
  readonly nextCursor?: string;
  readonly prevCursor?: string;
  /** Value of the Link header. */
  readonly link: string;
}

/** Returns the neighbours of a page that is paged by cursor. */
export function cursorNeighbours<Item, Anchor>(
  { items, hasNext, hasPrevious }: Page<Item>,
  { position }: PageRequest<Anchor>,
  { cursors, list, links, anchorOf }: CursorPageOptions<Item, Anchor>,
): PageNeighbours {
  const [first, last] = [items[0], items.at(-1)].map((item) =>
    item === undefined ? position?.anchor : anchorOf(item)
  );
  // The neighbour of an empty page includes the anchor's own row, unless the page's position included it already.
  const inclusive = items.length === 0 && !position?.inclusive;
  const nextCursor = hasNext && last !== undefined &&
    cursors.encode({ direction: "after", anchor: last, inclusive }, list);
  const prevCursor = hasPrevious && first !== undefined &&
    cursors.encode({ direction: "before", anchor: first, inclusive }, list);
  let link = links.to("first", "");
  if (prevCursor) link += `, ${links.to("prev", `before=${prevCursor}`)}`;
  if (nextCursor) link += `, ${links.to("next", `after=${nextCursor}`)}`;
  return { ...(nextCursor && { nextCursor }), ...(prevCursor && { prevCursor }), link };
}

/** Returns the Link header of a numbered page. */
export function numberedLinks(
  number: number,
  totalPages: number,
  { links }: { readonly links: PageLinks },
): string {
  let link = links.to("first", "page=1");
  // Beyond the end, "prev" links to the last page that exists.
  if (number > 1 && totalPages > 0) {
    link += `, ${links.to("prev", `page=${Math.min(number - 1, totalPages)}`)}`;
  }
  if (number < totalPages) link += `, ${links.to("next", `page=${number + 1}`)}`;
  return `${link}, ${links.to("last", `page=${Math.max(totalPages, 1)}`)}`;
}

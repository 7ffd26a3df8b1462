import type { Timestamp } from "@archway/db/timestamp.ts";
import type { AccessScope } from "./access_scope.ts";

/** Position of a row in a list that is ordered by time, then by id. */
export interface TimeAnchor {
  readonly createdAt: Timestamp;
  readonly id: string;
}

/** Position of a page: after or before an anchor, in the list's order. */
export interface PagePosition<Anchor = TimeAnchor> {
  readonly direction: "after" | "before";
  readonly anchor: Anchor;
  /** Whether the page includes the anchor's own row. */
  readonly inclusive: boolean;
}

/** Page of a list to read. */
export interface PageRequest<Anchor = TimeAnchor> {
  /** Maximum number of items. */
  readonly limit: number;
  /**
   * Position of the page.
   *
   * @default the beginning of the list
   */
  readonly position?: PagePosition<Anchor> | undefined;
  /** Number of the page, from 1, instead of a position; the total is then counted too. */
  readonly number?: number | undefined;
}

/** Request for one page of the resources in an access scope that match a filter. */
export interface ListRequest<Filter, Anchor = TimeAnchor> {
  readonly scope: AccessScope;
  readonly filter: Filter;
  readonly page: PageRequest<Anchor>;
}

/** One page in the list's order, and whether it has neighbours, all from one snapshot. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  /** Length of the whole list; for numbered pages only. */
  readonly totalItems?: number;
}

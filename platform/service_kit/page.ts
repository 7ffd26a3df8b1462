import type { Timestamp } from "@archway/db/timestamp.ts";
import type { AccessScope } from "./access_scope.ts";

/** Place of a row in a list that is ordered by time, then by id. */
export interface TimeAnchor {
  readonly createdAt: Timestamp;
  readonly id: string;
}

/** Where a page lies: the rows after an anchor in the list's order, or the rows before it. */
export interface PagePosition<Anchor = TimeAnchor> {
  readonly direction: "after" | "before";
  readonly anchor: Anchor;
  /** Whether the anchor's own row belongs to the page. */
  readonly inclusive: boolean;
}

/** Which page of a list is requested. */
export interface PageRequest<Anchor = TimeAnchor> {
  /** Maximum number of items. */
  readonly limit: number;
  /**
   * Where the page lies.
   *
   * @default at the beginning of the list
   */
  readonly position?: PagePosition<Anchor> | undefined;
  /** Number of the page, from 1, in place of a position; the list is then counted too. */
  readonly number?: number | undefined;
}

/** One page of a list that a caller may reach, narrowed by a filter. */
export interface ListRequest<Filter, Anchor = TimeAnchor> {
  readonly scope: AccessScope;
  readonly filter: Filter;
  readonly page: PageRequest<Anchor>;
}

/** One page, in the list's order, with what lies on both sides of it, all from one snapshot. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  /** Length of the whole list; for numbered pages only. */
  readonly totalItems?: number;
}

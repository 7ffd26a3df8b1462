import type { Timestamp } from "@archway/db/timestamp.ts";

/** A place in a list that is in order of time: of the row that was created then and has this id. */
export interface Pivot {
  readonly createdAt: Timestamp;
  readonly id: string;
}

/** Where a page lies: the rows after the pivot in the list's order, or the rows before it. */
export interface KeysetPosition<P = Pivot> {
  readonly direction: "after" | "before";
  readonly pivot: P;
  /** The pivot's own row belongs to the page. */
  readonly inclusive: boolean;
}

/** How much of a list is asked for, and where. */
export interface PageOf<P = Pivot> {
  readonly limit: number;
  /** Absent: the first rows. */
  readonly position?: KeysetPosition<P>;
}

/** One page by key, in the list's order, with what stands on both sides of it, all from one snapshot. */
export interface KeysetPage<Item> {
  readonly items: readonly Item[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
}

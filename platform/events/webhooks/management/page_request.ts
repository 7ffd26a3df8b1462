import type { KeysetPosition, PageOf } from "@archway/service_kit/paging/keyset.ts";
import {
  CursorError,
  type ListIdentity,
  type PageCursors,
} from "@archway/service_kit/paging/page_cursors.ts";
import { WebhookError } from "./webhook_error.ts";
import type { Viewer } from "@archway/service_kit/ownership/viewer.ts";

/** Items on a page when the client does not say. */
const DEFAULT_LIMIT = 20;

/** The part of a list's query that says which page. */
export interface PageParameters {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** What a cursor is good for: the list with this name and narrowed like this, of this viewer. */
export function listIdentity(
  name: string,
  viewer: Viewer,
  filter: readonly (string | undefined)[],
): ListIdentity {
  const owner = viewer.kind === "owner" ? [viewer.subject] : [];
  return [name, ...filter.map((part) => part ?? null), ...owner];
}

/**
 * Reads which page is asked for.
 *
 * @throws {WebhookError} "invalid-page" when both cursors are there, or one is not taken.
 */
export function parsePage<P>(
  { limit = DEFAULT_LIMIT, after, before }: PageParameters,
  { cursors, list }: { readonly cursors: PageCursors<P>; readonly list: ListIdentity },
): PageOf<P> {
  if (after !== undefined && before !== undefined) throw invalid("before", "cannot be used with after");
  const direction = after === undefined ? "before" : "after";
  const text = after ?? before;
  if (text === undefined) return { limit };
  return { limit, position: readCursor(text, { direction, cursors, list }) };
}

function readCursor<P>(
  text: string,
  { direction, cursors, list }: {
    readonly direction: "after" | "before";
    readonly cursors: PageCursors<P>;
    readonly list: ListIdentity;
  },
): KeysetPosition<P> {
  try {
    const position = cursors.decode(text, list);
    if (position.direction === direction) return position;
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw invalid(direction, error.reason, error);
  }
  throw invalid(direction, "is a cursor of the other direction");
}

function invalid(field: string, reason: string, cause?: unknown): WebhookError {
  return new WebhookError("invalid-page", { faults: [{ field, reason }], cause });
}

import { DomainError, type FieldError } from "../domain_error.ts";
import type { PagePosition, PageRequest } from "../page.ts";
import { CursorError, type ListIdentity, type PageCursors } from "../page_cursors.ts";

/** Page size if the client specifies none. */
const DEFAULT_LIMIT = 20;

/** Query parameters that select a page. */
export interface PageParameters {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly page?: number | undefined;
  readonly pageSize?: number | undefined;
}

/**
 * Parses the requested page: by number if `page` or `pageSize` is present, else by cursor.
 *
 * @throws {DomainError} "invalid-page" if both are mixed or the cursor is invalid.
 */
export function parsePageRequest<Anchor>(
  { limit, after, before, page, pageSize }: PageParameters,
  { cursors, list }: { readonly cursors: PageCursors<Anchor>; readonly list: ListIdentity },
): PageRequest<Anchor> {
  if (page !== undefined || pageSize !== undefined) {
    const mixed = Object.entries({ limit, after, before }).filter(([, value]) => value !== undefined);
    if (mixed.length > 0) {
      throw invalidPage(
        mixed.map(([field]) => ({ field, reason: "cannot be used with page or pageSize" })),
      );
    }
    return { limit: pageSize ?? DEFAULT_LIMIT, number: page ?? 1 };
  }
  if (after !== undefined && before !== undefined) {
    throw invalidPage([{ field: "before", reason: "cannot be used with after" }]);
  }
  const direction = after === undefined ? "before" : "after";
  const text = after ?? before;
  if (text === undefined) return { limit: limit ?? DEFAULT_LIMIT };
  return { limit: limit ?? DEFAULT_LIMIT, position: readCursor(text, direction, { cursors, list }) };
}

function readCursor<Anchor>(
  text: string,
  direction: "after" | "before",
  { cursors, list }: { readonly cursors: PageCursors<Anchor>; readonly list: ListIdentity },
): PagePosition<Anchor> {
  try {
    const position = cursors.decode(text, list);
    if (position.direction === direction) return position;
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw invalidPage([{ field: direction, reason: error.reason }], error);
  }
  throw invalidPage([{ field: direction, reason: "is a cursor for the other direction" }]);
}

function invalidPage(fieldErrors: readonly FieldError[], cause?: unknown): DomainError<"invalid-page"> {
  return new DomainError("invalid-page", { fieldErrors, ...(cause !== undefined && { cause }) });
}

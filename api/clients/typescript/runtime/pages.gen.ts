// Code generated from tools/oapi_codegen/client/runtime/pages.ts; DO NOT EDIT.
import { memberOf, textOf } from "./problem_error.gen.ts";

/** Response with a page of a list. */
export interface PageResponse<Page> {
  readonly data: Page;
  readonly response: Response;
}

/** Query of a page: parameters of the caller, or the query of a link as text. */
export type PageQuery = Readonly<Record<string, unknown>> | string;

/** Items of a list over all of its pages, which are requested one by one as the iteration proceeds. */
export interface Pages<Item, Page> extends AsyncIterable<Item> {
  /** Iterates over the pages, with their metadata. */
  byPage(): AsyncGenerator<Page, void, undefined>;
}

/** Returns the items of a list. @param first query parameters of the first page. */
export function pagesOf<Item, Page>(
  request: (query: PageQuery) => Promise<PageResponse<Page>>,
  first: Readonly<Record<string, unknown>>,
): Pages<Item, Page> {
  async function* byPage(): AsyncGenerator<Page, void, undefined> {
    let query: PageQuery | undefined = first;
    while (query !== undefined) {
      const { data, response }: PageResponse<Page> = await request(query);
      yield data;
      const next = nextQuery(first, { data, response });
      if (next !== undefined && JSON.stringify(next) === JSON.stringify(query)) {
        throw new Error("The list names the same page as its next one");
      }
      query = next;
    }
  }

  return {
    byPage,
    async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
      for await (const page of byPage()) yield* itemsIn<Item>(page);
    },
  };
}

/**
 * Returns the query of the next page: that of the link `next` (RFC 8288) or, where it is absent or hidden from scripts by
 * CORS, the parameters of the first page with `after` as `meta.nextCursor`. Undefined on the last page. Only the query of
 * the link is used, so that no credentials are sent to another server.
 */
function nextQuery(
  first: Readonly<Record<string, unknown>>,
  { data, response }: PageResponse<unknown>,
): PageQuery | undefined {
  for (
    const [, target = "", parameters = ""] of (response.headers.get("Link") ?? "").matchAll(
      /<([^<>]*)>([^<]*)/g,
    )
  ) {
    if (/;\s*rel\s*=\s*(?:next|"(?:[^"]*\s)?next(?:\s[^"]*)?")\s*(?:[;,]|$)/i.test(parameters)) {
      return /\?([^#]*)/.exec(target)?.[1] ?? "";
    }
  }
  const cursor = textOf(memberOf(data, "meta"), "nextCursor");
  if (cursor === undefined) return undefined;
  const { before: _before, ...others } = first;
  return { ...others, after: cursor };
}

function itemsIn<Item>(page: unknown): readonly Item[] {
  const items = Array.isArray(page) ? page : memberOf(page, "data");
  return Array.isArray(items) ? items : [];
}

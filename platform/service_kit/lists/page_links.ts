/** Query parameters that select a page. */
const PAGE_PARAMETERS: ReadonlySet<string> = new Set(["after", "before", "page"]);

/** Builder of links (RFC 8288, section 3) from one page of a list to others, as absolute URIs. */
export class PageLinks {
  readonly #start: string;

  /**
   * @param url Absolute URL of the request.
   * @param query Query of the request; all parameters but those that select a page are copied into every link.
   */
  constructor(url: URL, query: Readonly<Record<string, string | number | undefined>>) {
    let copied = "";
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined || PAGE_PARAMETERS.has(name)) continue;
      copied += `${name}=${encodeURIComponent(value)}&`;
    }
    this.#start = `<${url.origin}${url.pathname}?${copied}`;
  }

  /** @param page Parameter that selects the page, e.g. "page=2"; "" for the first one. */
  to(rel: "first" | "prev" | "next" | "last", page: string): string {
    const target = page === "" ? this.#start.slice(0, -1) : this.#start + page;
    return `${target}>; rel="${rel}"`;
  }
}

/** Parameters that select a page. */
const PAGE_PARAMETERS: ReadonlySet<string> = new Set(["after", "before", "page"]);

/** Makes links (RFC 8288, section 3) from a page of a list to others of the same list, as absolute URIs. */
export class PageLinks {
  readonly #start: string;

  /**
   * @param url The absolute URL of the request.
   * @param query Of the request: everything but the page goes into every link.
   */
  constructor(url: URL, query: Readonly<Record<string, string | number | undefined>>) {
    let kept = "";
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined || PAGE_PARAMETERS.has(name)) continue;
      kept += `${name}=${encodeURIComponent(value)}&`;
    }
    this.#start = `<${url.origin}${url.pathname}?${kept}`;
  }

  /** @param place The parameter that says which page, e.g. "page=2"; "" for the first one. */
  to(rel: "first" | "prev" | "next" | "last", place: string): string {
    const target = place === "" ? this.#start.slice(0, -1) : this.#start + place;
    return `${target}>; rel="${rel}"`;
  }
}

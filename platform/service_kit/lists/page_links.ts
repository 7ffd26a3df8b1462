/** Makes links (RFC 8288, section 3) from a page of a list to others of the same list, as absolute URIs. */
export class PageLinks {
  readonly #start: string;

  /**
   * @param url The absolute URL of the request.
   * @param parameters What narrows the list and how large a page is, of its query: it goes into every link.
   */
  constructor(url: URL, parameters: Readonly<Record<string, string | number | undefined>>) {
    let query = "";
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) query += `${name}=${encodeURIComponent(value)}&`;
    }
    this.#start = `<${url.origin}${url.pathname}?${query}`;
  }

  /** @param place The parameter that says which page, e.g. "page=2"; "" for the first one. */
  to(rel: "first" | "prev" | "next" | "last", place: string): string {
    const target = place === "" ? this.#start.slice(0, -1) : this.#start + place;
    return `${target}>; rel="${rel}"`;
  }
}

import type { ListParameters } from "./page_request.ts";

/** Makes links (RFC 8288, section 3) from a page of the list to others of the same list, as absolute URIs. */
export class PageLinks {
  readonly #start: string;

  /**
   * @param url The absolute URL of the request.
   * @param parameters Its query: what narrows the list and how large a page is goes into every link.
   */
  constructor(url: URL, parameters: ListParameters) {
    let query = "";
    for (const name of ["limit", "pageSize", "name", "email"] as const) {
      const value = parameters[name];
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

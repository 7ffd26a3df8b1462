/** Members of response bodies that the client uses. */
interface FilledBody {
  readonly data: { readonly id: string };
  readonly meta: { readonly nextCursor?: string; readonly prevCursor?: string };
}

/** Cursors of several lists, by parameter; see `Hints` of fuzz_setup.ts. */
type CursorHints = Readonly<Record<"query.after" | "query.before", readonly string[]>>;

/** Creates items, so that generated requests find existing data. */
export class FillingClient {
  /** Consistency tokens of all created items. */
  readonly tokens: string[] = [];

  constructor(private readonly url: string, private readonly token: string) {}

  /** Creates an item and returns its id. @throws {Error} for an unsuccessful response. */
  async create(path: string, body: unknown): Promise<string> {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
    return (await this.#request(path, { method: "POST", headers, body: JSON.stringify(body) })).data.id;
  }

  /** Returns hints for cursors of both directions, of lists with more than one page. */
  async cursors(...lists: readonly string[]): Promise<CursorHints> {
    const pages = await Promise.all(lists.map((list) => this.#cursorsOf(`${list}?limit=1`)));
    return {
      "query.after": pages.map(({ next }) => next),
      "query.before": pages.map(({ previous }) => previous),
    };
  }

  async #cursorsOf(path: string): Promise<{ readonly next: string; readonly previous: string }> {
    const { meta: { nextCursor: next = "" } } = await this.#request(path);
    const { meta: { prevCursor: previous = "" } } = await this.#request(`${path}&after=${next}`);
    if (next === "" || previous === "") {
      throw new Error(`Filling the service failed: ${path} has only one page`);
    }
    return { next, previous };
  }

  async #request(
    path: string,
    init: { headers?: HeadersInit; method?: string; body?: string } = {},
  ): Promise<FilledBody> {
    const headers = { ...init.headers, Authorization: `Bearer ${this.token}` };
    const response = await fetch(this.url + path, { ...init, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`Filling the service failed with ${response.status} at ${path}`);
    const token = response.headers.get("consistency-token");
    if (token !== null) this.tokens.push(token);
    return JSON.parse(text);
  }
}

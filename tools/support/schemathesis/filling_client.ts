import type { Hints } from "./fuzz_setup.ts";

/** The members of all bodies, as far as filling looks at them. */
interface FilledBody {
  readonly data: { readonly id: string };
  readonly meta: { readonly nextCursor?: string; readonly prevCursor?: string };
}

/** Creates items, so that generated requests find something to read and to change. */
export class FillingClient {
  /** Consistency tokens of everything that was created. */
  readonly tokens: string[] = [];

  constructor(private readonly url: string, private readonly token: string) {}

  /** Creates an item and returns its id. @throws {Error} for a response that is no success. */
  async create(path: string, body: unknown): Promise<string> {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
    return (await this.#ask(path, { method: "POST", headers, body: JSON.stringify(body) })).data.id;
  }

  /** Returns hints of cursors of both directions, of lists that have more than one page. */
  async cursors(...lists: readonly string[]): Promise<Hints> {
    const pages = await Promise.all(lists.map((list) => this.#cursorsOf(`${list}?limit=1`)));
    return {
      "query.after": pages.map(({ next }) => next),
      "query.before": pages.map(({ previous }) => previous),
    };
  }

  async #cursorsOf(path: string): Promise<{ readonly next: string; readonly previous: string }> {
    const { meta: { nextCursor: next = "" } } = await this.#ask(path);
    const { meta: { prevCursor: previous = "" } } = await this.#ask(`${path}&after=${next}`);
    if (next === "" || previous === "") throw new Error(`Filling the service failed: ${path} is all of it`);
    return { next, previous };
  }

  async #ask(
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

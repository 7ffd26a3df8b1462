/** The members of all the bodies there are, as far as filling looks at them. */
export interface FilledBody {
  readonly data: { readonly id: string };
  readonly meta: { readonly nextCursor?: string; readonly prevCursor?: string };
}

/** An answer that was a success. */
export interface Filled extends FilledBody {
  readonly token: string;
}

/** Puts something into a service, so that what is generated finds something to read and to change. */
export class FillingClient {
  constructor(private readonly url: string, private readonly token: string) {}

  /** @throws {Error} when it is not created. */
  async create(path: string, body: unknown): Promise<Filled> {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
    return await this.#ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Cursors of both directions of a list that has more than one page. */
  async cursors(list: string): Promise<{ readonly next: string; readonly previous: string }> {
    const path = `${list}${list.includes("?") ? "&" : "?"}limit=1`;
    const { meta: { nextCursor: next = "" } } = await this.#ask(path);
    const { meta: { prevCursor: previous = "" } } = await this.#ask(`${path}&after=${next}`);
    if (next === "" || previous === "") throw new Error(`Filling the service failed: ${list} has one page`);
    return { next, previous };
  }

  async #ask(
    path: string,
    init: { headers?: HeadersInit; method?: string; body?: string } = {},
  ): Promise<Filled> {
    const headers = { ...init.headers, Authorization: `Bearer ${this.token}` };
    const response = await fetch(this.url + path, { ...init, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`Filling the service failed with ${response.status} at ${path}`);
    const body: FilledBody = JSON.parse(text);
    return { ...body, token: response.headers.get("consistency-token") ?? "" };
  }
}
